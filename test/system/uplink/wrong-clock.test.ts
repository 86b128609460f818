import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { withMosquitto } from '../../peers/mosquitto.ts';
import type { CertificateFiles } from './certificates.ts';
import { type CertificateKind, DatedCertificates, EXPIRED, NOT_YET_VALID, SIGNER } from './dated-certificates.ts';
import { withUplink } from './observed-uplink.ts';

const needs = [TOOLS.mosquitto, TOOLS.mosquittoClients, TOOLS.openssl];
const test = suite('dates of certificates and a clock that is not set', { needs, timeoutMs: 30_000 });

let made: { ours: DatedCertificates; foreign: DatedCertificates } | undefined;

/** Made at the first use, because the suite is also loaded where openssl is missing. The two authorities have the same name. */
function certificates() {
  made ??= { ours: new DatedCertificates(), foreign: new DatedCertificates() };
  return made;
}

test.after(() => {
  made?.ours.close();
  made?.foreign.close();
});

const LOCAL: CertificateKind = { names: ['DNS:localhost'] };
const ELSEWHERE: CertificateKind = { names: ['DNS:elsewhere'] };

const ours = (kind: CertificateKind): CertificateFiles => certificates().ours.issue('hub', kind);
const foreign = (kind: CertificateKind): CertificateFiles => certificates().foreign.issue('hub', kind);

/** A server with an issuer between it and our authority. */
function behind(issuerKind: CertificateKind, kind: CertificateKind = LOCAL): CertificateFiles {
  const maker = certificates().ours;
  const issuer = maker.issue('issuer', issuerKind);
  return maker.withIssuers(maker.issue('hub', kind, issuer), issuer);
}

/** The upper one of two issuers does not allow another one. */
function behindTwo(kind: CertificateKind): CertificateFiles {
  const maker = certificates().ours;
  const upper = maker.issue('upper', { extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0'] });
  const lower = maker.issue('lower', signer(), upper);
  return maker.withIssuers(maker.issue('hub', kind, lower), lower, upper);
}

const signer = (kind: CertificateKind = {}): CertificateKind => ({ ...kind, extensions: SIGNER });

const clientSigner: CertificateKind = { extensions: [...SIGNER, 'extendedKeyUsage=clientAuth'] };
const ANY_PURPOSE: CertificateKind = { extensions: ['extendedKeyUsage=anyExtendedKeyUsage'] };

/** Whether the uplink connects with a clock that is set, and with one that is not. */
type Verdict = readonly [set: boolean, unset: boolean];
const ALWAYS: Verdict = [true, true];
const FORGIVEN: Verdict = [false, true];
const NEVER: Verdict = [false, false];

const servers: [title: string, make: () => CertificateFiles, verdict: Verdict][] = [
  ['valid, of our authority', () => ours(LOCAL), ALWAYS],
  ['expired, of our authority', () => ours({ ...LOCAL, ...EXPIRED }), FORGIVEN],
  ['not valid yet, of our authority', () => ours({ ...LOCAL, ...NOT_YET_VALID }), FORGIVEN],
  ['valid, of another authority', () => foreign(LOCAL), NEVER],
  ['expired, of another authority', () => foreign({ ...LOCAL, ...EXPIRED }), NEVER],
  ['not valid yet, of another authority', () => foreign({ ...LOCAL, ...NOT_YET_VALID }), NEVER],
  [
    'expired, of another authority that sends its own certificate along',
    () => certificates().foreign.withIssuers(foreign({ ...LOCAL, ...EXPIRED }), certificates().foreign.authority.ca),
    NEVER,
  ],
  [
    'expired, of another authority that sends ours along',
    () => certificates().foreign.withIssuers(foreign({ ...LOCAL, ...EXPIRED }), certificates().ours.authority.ca),
    NEVER,
  ],
  ['valid, for another name', () => ours(ELSEWHERE), NEVER],
  ['expired, for another name', () => ours({ ...ELSEWHERE, ...EXPIRED }), NEVER],
  [
    'valid, with a critical extension that nobody knows',
    () => ours({ ...LOCAL, extensions: ['1.2.3.4=critical,DER:0500'] }),
    NEVER,
  ],
  [
    'expired, with a critical extension that nobody knows',
    () => ours({ ...LOCAL, ...EXPIRED, extensions: ['1.2.3.4=critical,DER:0500'] }),
    NEVER,
  ],
  ['valid, behind an issuer', () => behind(signer()), ALWAYS],
  ['expired, behind an issuer', () => behind(signer(), { ...LOCAL, ...EXPIRED }), FORGIVEN],
  ['behind an issuer that has expired', () => behind(signer(EXPIRED)), FORGIVEN],
  [
    'not valid yet, behind an issuer that is not valid yet',
    () => behind(signer(NOT_YET_VALID), { ...LOCAL, ...NOT_YET_VALID }),
    FORGIVEN,
  ],
  ['expired, behind an issuer that may not sign', () => behind({}, { ...LOCAL, ...EXPIRED }), NEVER],
  ['valid, behind more issuers than allowed', () => behindTwo(LOCAL), NEVER],
  ['expired, behind more issuers than allowed', () => behindTwo({ ...LOCAL, ...EXPIRED }), NEVER],
  [
    'expired, behind an issuer that the server does not send',
    () => {
      const maker = certificates().ours;
      return maker.issue('hub', { ...LOCAL, ...EXPIRED }, maker.issue('issuer', signer()));
    },
    NEVER,
  ],
  ['valid, behind an issuer for clients only', () => behind(clientSigner), NEVER],
  ['expired, behind an issuer for clients only', () => behind(clientSigner, { ...LOCAL, ...EXPIRED }), NEVER],
  ['valid, for any purpose', () => ours({ ...LOCAL, ...ANY_PURPOSE }), NEVER],
  ['expired, for any purpose', () => ours({ ...LOCAL, ...EXPIRED, ...ANY_PURPOSE }), NEVER],
  ['valid, whose key may only sign certificates', () => ours(signer(LOCAL)), NEVER],
  ['expired, whose key may only sign certificates', () => ours(signer({ ...LOCAL, ...EXPIRED })), NEVER],
  [
    'expired, for clients only',
    () => ours({ ...LOCAL, ...EXPIRED, extensions: ['extendedKeyUsage=clientAuth'] }),
    NEVER,
  ],
];

for (const [title, make, verdict] of servers)
  for (const [index, isTimeKnown] of [true, false].entries()) {
    const isAccepted = verdict[index] as boolean;
    test(`${isAccepted ? 'connects' : 'does not connect'} to a hub with a certificate ${title}; the clock is ${isTimeKnown ? '' : 'not '}set`, () => {
      const server = make();
      const listener = ['allow_anonymous true', `certfile ${server.certificate}`, `keyfile ${server.key}`];
      return withMosquitto({ listener }, (broker, reader) =>
        withUplink(
          { url: `mqtts://localhost:${broker.port}`, ca: certificates().ours.authority.ca.certificate },
          async (observed) => {
            observed.send('a', 'hello');
            if (isAccepted) {
              await observed.acknowledged(1);
              await reader.exactly(['hello']);
              return;
            }
            await observed.state('pump-7 disconnected UPLINK_TLS');
            await until('more attempts', () => [...broker.log.matchAll(/New connection from/g)].length > 3);
            assert.deepEqual(broker.clients, []);
            assert.deepEqual(observed.states, ['pump-7 disconnected UPLINK_TLS']);
          },
          {},
          { isTimeKnown: () => isTimeKnown },
        ),
      );
    });
  }

test('does not forgive a date without a "ca", whoever signed the certificate', () => {
  const server = ours({ ...LOCAL, ...EXPIRED });
  const listener = ['allow_anonymous true', `certfile ${server.certificate}`, `keyfile ${server.key}`];
  return withMosquitto({ listener }, (broker) =>
    withUplink(
      { url: `mqtts://localhost:${broker.port}` },
      (observed) => observed.state('pump-7 disconnected UPLINK_TLS').then(() => assert.deepEqual(broker.clients, [])),
      {},
      { isTimeKnown: () => false },
    ),
  );
});

test('connects anew when the clock is set, and then the date counts', () => {
  const server = ours({ ...LOCAL, ...EXPIRED });
  const listener = ['allow_anonymous true', `certfile ${server.certificate}`, `keyfile ${server.key}`];
  let isTimeKnown = false;
  const calls = new Set<() => void>();
  return withMosquitto({ listener }, (broker) =>
    withUplink(
      {
        url: `mqtts://localhost:${broker.port}`,
        ca: certificates().ours.authority.ca.certificate,
        connections: 'shared',
      },
      async (observed) => {
        observed.send('a', 'hello');
        await observed.acknowledged(1);
        isTimeKnown = true;
        for (const call of calls) call();
        await observed.state('pump-7 disconnected UPLINK_TLS');
        assert.equal(broker.clients.length, 1);
      },
      {},
      {
        isTimeKnown: () => isTimeKnown,
        onClockSet: (call) => {
          calls.add(call);
          return () => calls.delete(call);
        },
      },
    ),
  );
});

test.run();
