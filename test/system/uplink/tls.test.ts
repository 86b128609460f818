import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { Authority } from './certificates.ts';
import { eventually } from './eventually.ts';
import { type Mosquitto, withMosquitto } from './mosquitto.ts';
import { type ObservedUplink, withUplink } from './observed-uplink.ts';

const needs = [TOOLS.mosquitto, TOOLS.mosquittoClients, TOOLS.openssl];
const test = suite('uplink over TLS', { needs, timeoutMs: 30_000 });

const ours = new Authority();
const foreign = new Authority();
const server = ours.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);

test.after(() => {
  ours.close();
  foreign.close();
});

const tlsListener = (certificate = server, ...more: string[]) => [
  `cafile ${ours.ca.certificate}`,
  `certfile ${certificate.certificate}`,
  `keyfile ${certificate.key}`,
  ...more,
];

/** Something that a gateway can do without the hub still works: messages are taken and counted. */
function worksOn(observed: ObservedUplink): void {
  observed.send('a', 'still taken');
  assert.equal(observed.uplink.status().queued, 1);
}

test('trusts the authority of the configuration, by name and by address', () =>
  withMosquitto({ listener: tlsListener(server, 'allow_anonymous true') }, async (broker, reader) => {
    for (const host of ['localhost', '127.0.0.1']) {
      await withUplink({ url: `mqtts://${host}:${broker.port}`, ca: ours.ca.certificate }, async (observed) => {
        observed.send('a', host);
        await observed.acknowledged(1);
        await eventually('read', () => reader.bodies().includes(host));
      });
    }
  }));

const refusedServers: [title: string, ca: string | undefined, certificate: () => ReturnType<Authority['issue']>][] = [
  ['an authority that is not configured', foreign.ca.certificate, () => server],
  ['a private authority where none is configured', undefined, () => server],
  ['a certificate for another name', ours.ca.certificate, () => ours.issue('elsewhere', ['DNS:elsewhere'])],
];

for (const [title, ca, certificate] of refusedServers) {
  test(`does not trust ${title}, says so once, and goes on trying`, () =>
    withMosquitto({ listener: tlsListener(certificate(), 'allow_anonymous true') }, (broker) =>
      withUplink({ url: `mqtts://localhost:${broker.port}`, ...(ca && { ca }) }, async (observed) => {
        await observed.state('pump-7 disconnected UPLINK_TLS');
        worksOn(observed);
        await eventually('more attempts', () => attempts(broker) > 3);
        assert.deepEqual(observed.states, ['pump-7 disconnected UPLINK_TLS']);
        assert.deepEqual(broker.clients, []);
      }),
    ));
}

test('shows the client certificate, which can be replaced while it runs', () =>
  withMosquitto(
    { listener: tlsListener(server, 'require_certificate true', 'use_identity_as_username true') },
    async (broker, reader) => {
      const own = ours.issue('pump-7');
      const other = foreign.issue('pump-7');
      const files = { certificate: join(ours.folder, 'gateway.pem'), key: join(ours.folder, 'gateway.key') };
      const install = (from: typeof own) => {
        copyFileSync(from.certificate, files.certificate);
        copyFileSync(from.key, files.key);
      };
      install(other);
      const config = {
        url: `mqtts://localhost:${broker.port}`,
        ca: ours.ca.certificate,
        authentication: { type: 'x509', ...files },
      } as const;
      await withUplink(config, async (observed) => {
        await observed.state('pump-7 disconnected UPLINK_TLS');
        worksOn(observed);
        install(own);
        await observed.acknowledged(1);
        await reader.exactly(['still taken']);
        assert.match(broker.log, /as pump-7 \(p5, c1, k60, u'pump-7'\)/);
      });
    },
  ));

const brokenFiles: [title: string, make: () => { certificate: string; key: string }][] = [
  ['does not exist', () => ({ certificate: join(ours.folder, 'missing.pem'), key: server.key })],
  ['does not fit its key', () => ({ certificate: ours.issue('pump-7').certificate, key: server.key })],
  [
    'is not a certificate',
    () => {
      const certificate = join(ours.folder, 'nonsense.pem');
      writeFileSync(certificate, 'nonsense');
      return { certificate, key: server.key };
    },
  ],
];

for (const [title, make] of brokenFiles) {
  test(`reports a client certificate that ${title}`, () =>
    withMosquitto({ listener: tlsListener(server, 'require_certificate true') }, (broker) =>
      withUplink(
        {
          url: `mqtts://localhost:${broker.port}`,
          ca: ours.ca.certificate,
          authentication: { type: 'x509', ...make() },
        },
        async (observed) => {
          await observed.state('pump-7 disconnected UPLINK_TLS');
          worksOn(observed);
        },
      ),
    ));
}

test('reports a client certificate that is asked for and not there', () =>
  withMosquitto({ listener: tlsListener(server, 'require_certificate true') }, (broker) =>
    withUplink({ url: `mqtts://localhost:${broker.port}`, ca: ours.ca.certificate }, async (observed) => {
      await observed.state('pump-7 disconnected UPLINK_TLS');
      worksOn(observed);
    }),
  ));

test('does not fall for a broker without TLS', () =>
  withMosquitto({}, (broker) =>
    withUplink({ url: `mqtts://127.0.0.1:${broker.port}`, ca: ours.ca.certificate }, async (observed) => {
      await eventually('a failure', () => observed.states.length > 0);
      assert.match(observed.states[0]!, /^pump-7 disconnected UPLINK_/);
      worksOn(observed);
    }),
  ));

function attempts(broker: Mosquitto): number {
  return [...broker.log.matchAll(/New connection from/g)].length;
}

test.run();
