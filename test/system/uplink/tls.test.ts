import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { type Mosquitto, withMosquitto } from '../../peers/mosquitto.ts';
import { Authority, type CertificateFiles } from './certificates.ts';
import { type ObservedUplink, withUplink } from './observed-uplink.ts';

const needs = [TOOLS.mosquitto, TOOLS.mosquittoClients, TOOLS.openssl];
const test = suite('uplink over TLS', { needs, timeoutMs: 30_000 });

/** Made at the first use, because the suite is also loaded where openssl is missing. */
class Certificates {
  readonly ours = new Authority();
  readonly foreign = new Authority();
  readonly server = this.ours.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);
}

let made: Certificates | undefined;

function certificates(): Certificates {
  made ??= new Certificates();
  return made;
}

test.after(() => {
  made?.ours.close();
  made?.foreign.close();
});

const tlsListener = (certificate: CertificateFiles, ...more: string[]) => [
  `cafile ${certificates().ours.ca.certificate}`,
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
  withMosquitto({ listener: tlsListener(certificates().server, 'allow_anonymous true') }, async (broker, reader) => {
    for (const host of ['localhost', '127.0.0.1']) {
      await withUplink(
        { url: `mqtts://${host}:${broker.port}`, ca: certificates().ours.ca.certificate },
        async (observed) => {
          observed.send('a', host);
          await observed.acknowledged(1);
          await until('read', () => reader.bodies().includes(host));
        },
      );
    }
  }));

const refusedServers: [title: string, ca: () => string | undefined, certificate: () => CertificateFiles][] = [
  ['an authority that is not configured', () => certificates().foreign.ca.certificate, () => certificates().server],
  ['a private authority where none is configured', () => undefined, () => certificates().server],
  [
    'a certificate for another name',
    () => certificates().ours.ca.certificate,
    () => certificates().ours.issue('elsewhere', ['DNS:elsewhere']),
  ],
  [
    'a certificate whose time is over',
    () => certificates().ours.ca.certificate,
    () => certificates().ours.issue('localhost', ['DNS:localhost'], -1),
  ],
];

for (const [title, ca, certificate] of refusedServers) {
  test(`does not trust ${title}, says so once, and goes on trying`, () =>
    withMosquitto({ listener: tlsListener(certificate(), 'allow_anonymous true') }, (broker) => {
      const trusted = ca();
      const config = { url: `mqtts://localhost:${broker.port}`, ...(trusted !== undefined && { ca: trusted }) };
      return withUplink(config, async (observed) => {
        await observed.state('pump-7 disconnected UPLINK_TLS');
        worksOn(observed);
        await until('more attempts', () => attempts(broker) > 3);
        assert.deepEqual(observed.states, ['pump-7 disconnected UPLINK_TLS']);
        assert.deepEqual(broker.clients, []);
      });
    }));
}

test('checks the certificate also where the environment says that nothing is to be checked', async () => {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  const before = process.env[name];
  process.env[name] = '0';
  try {
    await withMosquitto({ listener: tlsListener(certificates().server, 'allow_anonymous true') }, (broker) =>
      withUplink(
        { url: `mqtts://localhost:${broker.port}`, ca: certificates().foreign.ca.certificate },
        async (observed) => {
          await observed.state('pump-7 disconnected UPLINK_TLS');
          assert.deepEqual(broker.clients, []);
        },
      ),
    );
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
});

test('shows the client certificate, which can be replaced while it runs', () =>
  withMosquitto(
    { listener: tlsListener(certificates().server, 'require_certificate true', 'use_identity_as_username true') },
    async (broker, reader) => {
      const own = certificates().ours.issue('pump-7');
      const other = certificates().foreign.issue('pump-7');
      const files = {
        certificate: join(certificates().ours.folder, 'gateway.pem'),
        key: join(certificates().ours.folder, 'gateway.key'),
      };
      const install = (from: typeof own) => {
        copyFileSync(from.certificate, files.certificate);
        copyFileSync(from.key, files.key);
      };
      install(other);
      const config = {
        url: `mqtts://localhost:${broker.port}`,
        ca: certificates().ours.ca.certificate,
        authentication: { type: 'x509', ...files },
      } as const;
      await withUplink(config, async (observed) => {
        await observed.state('pump-7 disconnected UPLINK_TLS');
        worksOn(observed);
        install(own);
        await observed.acknowledged(1);
        await reader.exactly(['still taken']);
        await until('the name of the client', () => broker.log.includes("as pump-7 (p5, c1, k60, u'pump-7')"));
      });
    },
  ));

const brokenFiles: [title: string, make: () => CertificateFiles][] = [
  [
    'does not exist',
    () => ({ certificate: join(certificates().ours.folder, 'missing.pem'), key: certificates().server.key }),
  ],
  [
    'does not fit its key',
    () => ({ certificate: certificates().ours.issue('pump-7').certificate, key: certificates().server.key }),
  ],
  [
    'is not a certificate',
    () => {
      const certificate = join(certificates().ours.folder, 'nonsense.pem');
      writeFileSync(certificate, 'nonsense');
      return { certificate, key: certificates().server.key };
    },
  ],
];

for (const [title, make] of brokenFiles) {
  test(`reports a client certificate that ${title}`, () =>
    withMosquitto({ listener: tlsListener(certificates().server, 'require_certificate true') }, (broker) =>
      withUplink(
        {
          url: `mqtts://localhost:${broker.port}`,
          ca: certificates().ours.ca.certificate,
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
  withMosquitto({ listener: tlsListener(certificates().server, 'require_certificate true') }, (broker) =>
    withUplink(
      { url: `mqtts://localhost:${broker.port}`, ca: certificates().ours.ca.certificate },
      async (observed) => {
        await observed.state('pump-7 disconnected UPLINK_TLS');
        worksOn(observed);
      },
    ),
  ));

test('does not fall for a broker without TLS', () =>
  withMosquitto({}, (broker) =>
    withUplink(
      { url: `mqtts://127.0.0.1:${broker.port}`, ca: certificates().ours.ca.certificate },
      async (observed) => {
        await until('a failure', () => observed.states.length > 0);
        assert.match(observed.states[0]!, /^pump-7 disconnected UPLINK_/);
        worksOn(observed);
      },
    ),
  ));

function attempts(broker: Mosquitto): number {
  return [...broker.log.matchAll(/New connection from/g)].length;
}

test.run();
