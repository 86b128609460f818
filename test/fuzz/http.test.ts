import { Agent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import { ANSWER_HEADERS } from '../../host/src/drivers/http/answer-codec.ts';
import { DETAIL } from '../../host/src/drivers/http/detail.ts';
import { compileHttpGuard } from '../../host/src/drivers/http/guard.ts';
import { originOf } from '../../host/src/drivers/http/request.ts';
import { decodeHttpRequest, encodeHttpRequest, HTTP_HEAD_BYTES } from '../../host/src/drivers/http/request-codec.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, report, suite } from '../lib/suite.ts';
import { until } from '../lib/until.ts';
import { type Act, startScripted } from '../peers/scripted-server.ts';
import { httpRequest } from '../property/http-arbitrary.ts';
import { grantOf, type HttpAnswer, HttpRig, postTo, requestTo } from '../unit/host/drivers/http-rig.ts';
import { httpScript } from './http-script.ts';

const test = suite('http, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });
const OPTIONS = { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS };
const STATUSES: ReadonlySet<number> = new Set(Object.values(STATUS));
const DETAILS: ReadonlySet<number> = new Set(Object.values(DETAIL));

const GRANT = grantOf({ origins: ['http://na:80', 'https://*.b.test'], methods: ['GET', 'POST'], paths: ['/a'] });
/** Requests of which some are just what the grant allows, damaged in a few places. */
const mutated = fc
  .tuple(
    fc.oneof(
      httpRequest,
      httpRequest.map((request) => ({
        ...{ ...request, ...(request.body.length > 0 ? { method: 'POST' as const } : { method: 'GET' as const }) },
        ...{ scheme: 'https' as const, host: 'x.b.test', port: 443, path: '/a', headers: [], timeoutMs: 0 },
      })),
    ),
    fc.array(fc.tuple(fc.oneof(fc.nat(30), fc.nat(300)), fc.nat(255)), { maxLength: 4 }),
    fc.integer({ min: -4, max: 4 }),
  )
  .map(([request, changes, growth]) => {
    const base = encodeHttpRequest(request);
    const payload = new Uint8Array(Math.max(0, base.length + growth));
    payload.set(base.subarray(0, payload.length));
    for (const [at, value] of changes) if (at < payload.length) payload[at] = value;
    return payload;
  });
const anyPayload = fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated);

test('a request of any bytes is refused, or means exactly what it says and nothing outside the grant', () => {
  const guard = compileHttpGuard([GRANT]);
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const verdict = guard.judge(payload);
      const request = decodeHttpRequest(payload);
      assert.equal(verdict === STATUS.invalid, request === undefined);
      assert.ok([STATUS.ok, STATUS.invalid, STATUS.denied, STATUS.limit].includes(verdict as 0));
      if (request === undefined) return;
      assert.deepEqual(encodeHttpRequest(request), payload);
      assert.ok(URL.canParse(`${request.scheme}://${request.host}/`) || request.host.startsWith('['), request.host);
      if (verdict !== STATUS.ok) return;
      const { hostname, pathname } = new URL(`${originOf(request)}${request.path}`);
      assert.ok(hostname === 'na' || hostname.endsWith('.b.test'), hostname);
      assert.ok(pathname === '/a' || pathname.startsWith('/a/'), pathname);
      assert.ok(request.method === 'GET' || request.method === 'POST');
    }),
    OPTIONS,
  );
});

test('a driver gives any bytes from a module exactly one answer, and sends nothing that the grant does not allow', async () => {
  const asked = new Set<string>();
  const rig = await HttpRig.open([GRANT], {
    resolve: (name) => {
      asked.add(name);
      return Promise.reject(new Error('no such name'));
    },
  });
  await fc.assert(
    fc.asyncProperty(anyPayload, async (payload) => {
      const answers: HttpAnswer[] = [];
      rig.requestWith(payload, (answer) => answers.push(answer));
      await until('the answer', () => answers.length > 0);
      assert.equal(answers.length, 1);
      const [{ status, detail }] = answers as [HttpAnswer];
      assert.ok(STATUSES.has(status) && status !== STATUS.ok, `${status}`);
      assert.equal(detail, status === STATUS.unavailable ? DETAIL.nameNotFound : 0);
    }),
    OPTIONS,
  );
  for (const name of asked) assert.ok(name === 'na' || name.endsWith('.b.test'), name);
  await rig.close();
});

test('a decoder of any bytes as a head takes only what has fields that fit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: HTTP_HEAD_BYTES, maxLength: HTTP_HEAD_BYTES }), (head) => {
      assert.equal(decodeHttpRequest(head), undefined, 'no request is without host and path');
    }),
    { ...OPTIONS, interruptAfterTimeLimit: 500 },
  );
});

const ANSWER_BYTES = 4_096;
/** Modules that ask at the same time, and how many requests each makes. */
const MODULES = Array.from({ length: 8 }, (_, n) => `m${n}`);
const REQUESTS = 4;

/** Connects whatever it is to connect to with the loopback address, and notes what that was. */
function pretending(): { readonly agent: Agent; readonly addresses: Set<string> } {
  const addresses = new Set<string>();
  class PretendingAgent extends Agent {
    override createConnection({ host, port, lookup }: TcpNetConnectOpts & ClientRequestArgs): Socket {
      lookup?.(String(host), { all: true }, (_error, found) => {
        for (const { address } of found as { address: string }[]) addresses.add(address);
      });
      return connect({ host: '127.0.0.1', port: Number(port) });
    }
  }
  return { agent: new PretendingAgent(), addresses };
}

function assertCoded({ status, detail, headers, body }: HttpAnswer, isRead: boolean): void {
  const text = JSON.stringify({ status, detail, headers });
  assert.ok(STATUSES.has(status), text);
  assert.ok(detail >= 100 ? detail <= 999 : DETAILS.has(detail), text);
  assert.equal(status === STATUS.ok, detail >= 200 && detail < 300 && status !== STATUS.limit, text);
  assert.ok(isRead ? status !== STATUS.unknown && status !== STATUS.expired : status !== STATUS.timeout, text);
  assert.ok(Buffer.byteLength(body, 'latin1') <= ANSWER_BYTES, text);
  for (const [name, value] of Object.entries(headers)) {
    assert.ok((ANSWER_HEADERS as readonly string[]).includes(name), name);
    assert.ok(!/[\r\n\0]/.test(value), text);
  }
}

/** A driver whose modules ask a server that plays scripts, by the number in the path. */
async function openEvil(scripts: ReadonlyMap<string, readonly Act[]>) {
  const server = await startScripted(
    (asked) => scripts.get(/^[A-Z]+ \/([0-9]+)/.exec(asked)?.[1] ?? '') ?? [...scripts.values()][0]!,
  );
  const { agent, addresses } = pretending();
  const origin = `http://evil.test:${server.port}`;
  // The last is at a private address, which the grant does not allow.
  const origins = [origin, 'http://evil.test:80', 'http://*.inside.test'];
  const grants = [grantOf({ origins, allowPrivate: false, redirects: 3, timeoutMs: 1_000, answerBytes: ANSWER_BYTES })];
  const rig = await HttpRig.open(Object.fromEntries(MODULES.map((module) => [module, grants])), {
    agents: { http: agent, https: new HttpsAgent() },
    resolve: async (name) => [{ address: name === 'evil.test' ? '93.184.215.14' : '10.0.0.1', family: 4 }],
  });
  return { server, rig, addresses, origin };
}

test('whatever a server sends, each request has one coded end, nobody else is connected to, and memory is bounded', async () => {
  const scripts = new Map<string, readonly Act[]>();
  const { server, rig, addresses, origin } = await openEvil(scripts);
  const seen = new Map<string, number>();
  const before = process.memoryUsage();
  let [most, begun, ended] = [0, 0, 0];
  const rounds = MODULES.length * REQUESTS;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(httpScript, fc.boolean()), { minLength: rounds, maxLength: rounds, size: 'max' }),
      async (played) => {
        begun++;
        scripts.clear();
        const asked = played.map(([script, isRead], at) => {
          scripts.set(String(at), script);
          const request = isRead ? requestTo(`${origin}/${at}`) : postTo(`${origin}/${at}`, 'x');
          return rig.request(request, MODULES[at % MODULES.length]);
        });
        for (const [at, answer] of (await Promise.all(asked)).entries()) {
          assertCoded(answer, played[at]![1]);
          const key = `${answer.status} ${answer.detail >= 100 ? 'HTTP' : answer.detail}`;
          seen.set(key, (seen.get(key) ?? 0) + 1);
        }
        const { arrayBuffers, external } = process.memoryUsage();
        most = Math.max(most, arrayBuffers + external - before.arrayBuffers - before.external);
        ended++;
      },
    ),
    OPTIONS,
  );
  // The time may have ended one, whose requests end now.
  await until('the end of the last round', () => ended >= begun);
  await until('all connections to be closed', () => server.open === 0);
  await rig.close();
  await server.close();
  assert.deepEqual([...addresses], ['93.184.215.14']);
  assert.ok(most < 64_000_000, `${most} bytes of buffers`);
  const ends = [...seen].sort().map(([key, count]) => `${key}: ${count}`);
  report(`ends by status and detail: ${ends.join(', ')}; ${Math.round(most / 1e6)} MB of buffers at most`);
});

test.run();
