import { Agent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { STATUS } from '../../../host/src/abi/constants.ts';
import { DETAIL } from '../../../host/src/drivers/http/detail.ts';
import type { Agents } from '../../../host/src/drivers/http/exchange.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { startHttp } from '../../peers/http-servers.ts';
import { grantOf, HttpRig, postTo, requestTo } from '../../unit/host/drivers/http-rig.ts';

const test = suite('addresses that HTTP requests reach');
const LOOPBACK = { address: '127.0.0.1', family: 4 };
/** Never connected to. */
const PUBLIC = { address: '93.184.215.14', family: 4 };

/** Agents that note what a request would connect to, and connect to the loopback address. */
function pretending(): { agents: Agents; connectedTo: unknown[] } {
  const connectedTo: unknown[] = [];
  class PretendingAgent extends Agent {
    override createConnection({ host, port, lookup }: TcpNetConnectOpts & ClientRequestArgs): Socket {
      lookup?.(String(host), { all: true }, (_error, addresses) => connectedTo.push(addresses));
      return connect({ host: '127.0.0.1', port: Number(port) });
    }
  }
  return { agents: { http: new PretendingAgent(), https: new HttpsAgent() }, connectedTo };
}

test('a name that is at a private address is denied, and the server there is not connected to', async () => {
  const server = await startHttp((_, response) => response.end('inside'));
  const origin = `http://hooks.test:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], allowPrivate: false })], {
    resolve: async () => [LOOPBACK],
  });
  const { status, detail } = await rig.request(postTo(`${origin}/`, 'x'));
  assert.deepEqual([status, detail], [STATUS.denied, DETAIL.addressRefused]);
  assert.deepEqual(server.seen, []);
  assert.deepEqual(rig.denials, ['m 1: hooks.test is at 127.0.0.1, which is not public']);
  assert.deepEqual([rig.audits[0]?.outcome, rig.audits[0]?.sent], ['dropped', false]);
  await rig.close();
  await server.close();
});

test('so is one with a private address among public ones, and one at an IPv6 address that stands for a private one', async () => {
  for (const addresses of [
    [PUBLIC, LOOPBACK],
    [{ address: '::ffff:127.0.0.1', family: 6 }],
    [{ address: '64:ff9b::a9fe:a9fe', family: 6 }],
    [{ address: 'fe80::1%lo', family: 6 }],
  ]) {
    const rig = await HttpRig.open([grantOf({ origins: ['http://hooks.test'], allowPrivate: false })], {
      resolve: async () => addresses,
    });
    const { status, detail } = await rig.request(requestTo('http://hooks.test/'));
    assert.deepEqual([status, detail], [STATUS.denied, DETAIL.addressRefused]);
    await rig.close();
  }
});

test('a name that leads elsewhere the second time is asked for once: what was judged is what is connected to', async () => {
  const server = await startHttp((_, response) => response.end('outside'));
  const origin = `http://rebind.test:${server.port}`;
  const { agents, connectedTo } = pretending();
  let lookups = 0;
  const rig = await HttpRig.open([grantOf({ origins: [origin], allowPrivate: false })], {
    agents,
    resolve: async () => (++lookups === 1 ? [PUBLIC] : [LOOPBACK]),
  });
  assert.equal((await rig.request(requestTo(`${origin}/`))).body, 'outside');
  assert.deepEqual([lookups, connectedTo], [1, [[PUBLIC]]]);
  await rig.close();
  await server.close();
});

test('a redirect is judged by the address of its own lookup, also within one name', async () => {
  const server = await startHttp((_, response) => response.writeHead(307, { location: '/inside' }).end());
  const origin = `http://rebind.test:${server.port}`;
  const { agents, connectedTo } = pretending();
  let lookups = 0;
  const rig = await HttpRig.open([grantOf({ origins: [origin], allowPrivate: false, redirects: 1 })], {
    agents,
    resolve: async () => (++lookups === 1 ? [PUBLIC] : [LOOPBACK]),
  });
  const { status, detail } = await rig.request(requestTo(`${origin}/`));
  assert.deepEqual([status, detail], [STATUS.denied, DETAIL.addressRefused]);
  assert.deepEqual(connectedTo, [[PUBLIC]]);
  assert.deepEqual(
    server.seen.map(({ url }) => url),
    ['/'],
  );
  await rig.close();
  await server.close();
});

test('with allowPrivate a server on the loopback address is reached, by name and by IPv6 as well', async () => {
  const server = await startHttp((request, response) => response.end(request.headers.host));
  const origins = [`http://127.0.0.1:${server.port}`, `http://hooks.test:${server.port}`];
  const rig = await HttpRig.open([grantOf({ origins })], { resolve: async () => [LOOPBACK] });
  for (const origin of origins)
    assert.equal((await rig.request(requestTo(`${origin}/`))).body, origin.slice('http://'.length));
  await rig.close();
  await server.close();
});

test('a name with several addresses is reached at the one that answers', async () => {
  const server = await startHttp((_, response) => response.end('ok'));
  const origin = `http://hooks.test:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin] })], {
    resolve: async () => [{ address: '127.0.0.99', family: 4 }, LOOPBACK],
  });
  assert.equal((await rig.request(requestTo(`${origin}/`))).status, STATUS.ok);
  await rig.close();
  await server.close();
});

test('a name that is not found, or has no address, is not sent to', async () => {
  const failures = [() => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })), async () => []];
  for (const resolve of failures) {
    const rig = await HttpRig.open([grantOf({ origins: ['http://gone.test'] })], { resolve });
    const { status, detail } = await rig.request(postTo('http://gone.test/', 'x'));
    assert.deepEqual([status, detail], [STATUS.unavailable, DETAIL.nameNotFound]);
    assert.equal(rig.logs[0]?.code, 'DEVICE_UNREACHABLE');
    await rig.close();
  }
});

test('lookups that never end cost their requests only their time, and other modules nothing', async () => {
  const names: string[] = [];
  const server = await startHttp((_, response) => response.end('ok'));
  const well = `http://well.test:${server.port}`;
  const grants = {
    m: [grantOf({ origins: ['http://*.slow.test'], timeoutMs: 5 })],
    n: [grantOf({ origins: [well] })],
  };
  const rig = await HttpRig.open(grants, {
    resolve(name) {
      names.push(name);
      return name === 'well.test' ? Promise.resolve([LOOPBACK]) : new Promise(() => {});
    },
  });
  for (let i = 0; i < 20; i++) {
    const flood = Array.from({ length: 5 }, (_, n) => rig.request(requestTo(`http://n${i}-${n}.slow.test/`)));
    for (const { status } of await Promise.all(flood)) assert.equal(status, STATUS.timeout);
  }
  assert.equal(names.length, 2, 'the others wait for these two');
  assert.equal((await rig.request(requestTo(`${well}/`), 'n')).status, STATUS.ok);
  await rig.close();
  await server.close();
});

test('lookups of a module that had to wait are made when earlier ones end, but not for requests that are over', async () => {
  const lookups: { name: string; end: () => void }[] = [];
  const rig = await HttpRig.open([grantOf({ origins: ['http://*.slow.test'], timeoutMs: 5_000 })], {
    resolve: (name) => new Promise((_, reject) => lookups.push({ name, end: () => reject(new Error('no')) })),
  });
  const ask = (name: string, timeoutMs: number) => rig.request(requestTo(`http://${name}.slow.test/`, { timeoutMs }));
  const first = [ask('a', 0), ask('b', 0)];
  const over = ask('over', 5);
  const last = ask('last', 0);
  assert.equal((await over).status, STATUS.timeout);
  for (const { end } of lookups) end();
  for (const { detail } of await Promise.all(first)) assert.equal(detail, DETAIL.nameNotFound);
  await until('the next lookup', () => lookups.length === 3);
  assert.equal(lookups[2]?.name, 'last.slow.test');
  lookups[2]?.end();
  assert.equal((await last).detail, DETAIL.nameNotFound);
  await rig.close();
});

test.run();
