import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { faultBesideDates } from '../../../../host/src/mqtt/forgiven-dates.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TOOLS } from '../../../lib/tools.ts';
import type { CertificateFiles } from '../../../system/uplink/certificates.ts';
import { type CertificateKind, DatedCertificates, SIGNER } from '../../../system/uplink/dated-certificates.ts';

const test = suite('forgiven dates of certificates', { needs: [TOOLS.openssl], timeoutMs: 30_000 });

let made: DatedCertificates | undefined;
const maker = (): DatedCertificates => {
  made ??= new DatedCertificates();
  return made;
};
test.after(() => made?.close());

const UNTIL_2021: CertificateKind = { from: '20200101', until: '20210101' };
const IN_2020 = Date.UTC(2020, 6, 1);
const IN_2021 = Date.UTC(2021, 6, 1);

const issue = (kind: CertificateKind, issuer?: CertificateFiles) =>
  maker().issue('x', { names: ['DNS:hub'], ...kind }, issuer);

/** As Node gives the certificates of a peer. */
function peer(chain: readonly CertificateFiles[]): PeerCertificate {
  const [first, ...others] = chain.map(({ certificate }) => new X509Certificate(readFileSync(certificate)));
  const certificate = first!.toLegacyObject() as PeerCertificate & { issuerCertificate?: PeerCertificate };
  if (others.length > 0) certificate.issuerCertificate = peer(chain.slice(1));
  return certificate;
}

function socketTo(getPeerCertificate: () => PeerCertificate, authorizationError = 'CERT_HAS_EXPIRED'): TLSSocket {
  return { authorized: false, authorizationError, getPeerCertificate } as unknown as TLSSocket;
}

function codeOf(socket: TLSSocket, { host = 'hub', floorMs = IN_2020 } = {}): string | undefined {
  const ca = readFileSync(maker().authority.ca.certificate, 'utf8');
  const fault = faultBesideDates(socket, { host, ca, floorMs }) as (Error & { code?: string }) | undefined;
  return fault && (fault.code ?? fault.message);
}

test('forgives what has expired, and nothing else', () => {
  const chain = peer([issue(UNTIL_2021)]);
  assert.equal(codeOf(socketTo(() => chain)), undefined);
  assert.equal(codeOf(socketTo(() => chain, 'CERT_SIGNATURE_FAILURE')), 'CERT_SIGNATURE_FAILURE');
  assert.equal(
    codeOf(
      socketTo(() => chain),
      { host: 'other' },
    ),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  );
});

test('does not forgive what has expired before a time that is over for certain', () => {
  const chain = peer([issue(UNTIL_2021)]);
  assert.equal(
    codeOf(
      socketTo(() => chain),
      { floorMs: IN_2021 },
    ),
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  );
});

test('does not forgive an issuer that has expired before a time that is over for certain', () => {
  const issuer = issue({ ...UNTIL_2021, extensions: SIGNER });
  const chain = peer([issue({}, issuer), issuer]);
  assert.equal(codeOf(socketTo(() => chain)), undefined);
  assert.equal(
    codeOf(
      socketTo(() => chain),
      { floorMs: IN_2021 },
    ),
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  );
});

test('does not mind what comes behind the authority', () => {
  const chain = peer([issue({}), maker().authority.ca, issue({ ...UNTIL_2021, extensions: SIGNER })]);
  assert.equal(
    codeOf(
      socketTo(() => chain),
      { floorMs: IN_2021 },
    ),
    undefined,
  );
});

test('refuses certificates that Node cannot read, and does not throw', () => {
  const unreadable = { ...peer([issue({})]), raw: Buffer.from('nonsense') };
  assert.equal(codeOf(socketTo(() => unreadable)), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  const throwing = socketTo(() => {
    throw new Error('malformed');
  });
  assert.equal(codeOf(throwing), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});

test.run();
