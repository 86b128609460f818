import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { reachesAuthority } from '../../../../host/src/mqtt/certificate-chain.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TOOLS } from '../../../lib/tools.ts';
import type { CertificateFiles } from '../../../system/uplink/certificates.ts';
import { type CertificateKind, DatedCertificates, EXPIRED, SIGNER } from '../../../system/uplink/dated-certificates.ts';

const test = suite('chain of certificates without dates', { needs: [TOOLS.openssl], timeoutMs: 30_000 });

let made: DatedCertificates | undefined;
const maker = (): DatedCertificates => {
  made ??= new DatedCertificates();
  return made;
};
test.after(() => made?.close());

const read = ({ certificate }: CertificateFiles): X509Certificate => new X509Certificate(readFileSync(certificate));
const root = (): CertificateFiles => maker().authority.ca;
const issue = (kind: CertificateKind = {}, issuer?: CertificateFiles) => maker().issue('x', kind, issuer);
const signer = (kind: CertificateKind = {}, issuer?: CertificateFiles) =>
  issue({ ...kind, extensions: [...SIGNER, ...(kind.extensions ?? [])] }, issuer);
const reaches = (chain: readonly CertificateFiles[], authorities = [root()]) =>
  reachesAuthority(chain.map(read), authorities.map(read));

function signedWithPss(digest: string): CertificateFiles[] {
  const issuer = signer({ key: ['-newkey', 'rsa:2048'] });
  return [issue({ digest, options: ['-sigopt', 'rsa_padding_mode:pss'] }, issuer), issuer];
}

const chains: [title: string, make: () => CertificateFiles[], isGood: boolean][] = [
  ['the authority signed it', () => [issue(EXPIRED)], true],
  ['the authority is sent along', () => [issue(EXPIRED), root()], true],
  ['it is the authority itself', () => [root()], true],
  [
    'two issuers are between',
    () => {
      const upper = signer(EXPIRED);
      const lower = signer({}, upper);
      return [issue({}, lower), lower, upper];
    },
    true,
  ],
  [
    'one of two issuers is missing',
    () => {
      const lower = signer({}, signer());
      return [issue({}, lower), lower];
    },
    false,
  ],
  [
    'issuers are in the wrong order',
    () => {
      const upper = signer();
      const lower = signer({}, upper);
      return [issue({}, lower), upper, lower];
    },
    false,
  ],
  ['something else is sent along instead', () => [issue({}, signer()), signer()], false],
  [
    'an issuer may not sign certificates',
    () => {
      const issuer = issue({ extensions: ['basicConstraints=critical,CA:FALSE'] });
      return [issue({}, issuer), issuer];
    },
    false,
  ],
  [
    'the key of an issuer is for something else',
    () => {
      const issuer = issue({ extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,digitalSignature'] });
      return [issue({}, issuer), issuer];
    },
    false,
  ],
  [
    'an issuer may sign for some names only',
    () => {
      const issuer = signer({ extensions: ['nameConstraints=critical,permitted;DNS:example.com'] });
      return [issue({ names: ['DNS:www.example.com'] }, issuer), issuer];
    },
    false,
  ],
  [
    'as many issuers are between as the upper one allows',
    () => {
      const upper = issue({ extensions: ['basicConstraints=critical,CA:TRUE,pathlen:1'] });
      const lower = issue({ extensions: ['basicConstraints=CA:TRUE,pathlen:0'] }, upper);
      return [issue({}, lower), lower, upper];
    },
    true,
  ],
  [
    'more issuers are between than the upper one allows',
    () => {
      const upper = issue({ extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0'] });
      const lower = signer({}, upper);
      return [issue({}, lower), lower, upper];
    },
    false,
  ],
  [
    'an issuer has a critical extension that nobody knows',
    () => {
      const issuer = signer({ extensions: ['1.2.3.4=critical,DER:0500'] });
      return [issue({}, issuer), issuer];
    },
    false,
  ],
  ['it has one itself', () => [issue({ extensions: ['1.2.3.4=critical,DER:0500'] })], false],
  ['it has an extension that nobody needs to know', () => [issue({ extensions: ['1.2.3.4=DER:0500'] })], true],
  [
    'all that is known of a server is critical',
    () => [
      issue({
        extensions: [
          'basicConstraints=critical,CA:FALSE',
          'keyUsage=critical,digitalSignature',
          'extendedKeyUsage=critical,serverAuth',
          'subjectAltName=critical,DNS:localhost',
          'subjectKeyIdentifier=hash',
        ],
      }),
    ],
    true,
  ],
  ['it is for servers', () => [issue({ extensions: ['extendedKeyUsage=serverAuth,clientAuth'] })], true],
  [
    'it is for any purpose, which OpenSSL does not take for that of a server',
    () => [issue({ extensions: ['extendedKeyUsage=anyExtendedKeyUsage'] })],
    false,
  ],
  ['it is for clients only', () => [issue({ extensions: ['extendedKeyUsage=clientAuth'] })], false],
  ['it is for clients only in the manner of Netscape', () => [issue({ extensions: ['nsCertType=client'] })], false],
  ['it is for servers in the manner of Netscape', () => [issue({ extensions: ['nsCertType=client,server'] })], true],
  ['its key may only sign certificates', () => [signer()], false],
  ['its key may encrypt', () => [issue({ extensions: ['keyUsage=critical,keyEncipherment'] })], true],
  [
    'an issuer is for servers',
    () => {
      const issuer = signer({ extensions: ['extendedKeyUsage=serverAuth'] });
      return [issue({}, issuer), issuer];
    },
    true,
  ],
  [
    'an issuer is for clients only',
    () => {
      const issuer = signer({ extensions: ['extendedKeyUsage=clientAuth'] });
      return [issue({ extensions: ['extendedKeyUsage=serverAuth'] }, issuer), issuer];
    },
    false,
  ],
  [
    'an issuer that allows no other says something that looks as if it did',
    () => {
      const looksUnlimited = '1.2.3.4=DER:040c0603551d13040530030101ff';
      const upper = issue({ extensions: [looksUnlimited, 'basicConstraints=critical,CA:TRUE,pathlen:0'] });
      const lower = signer({}, upper);
      return [issue({}, lower), lower, upper];
    },
    false,
  ],
  ['it is signed by SHA-1', () => [issue({ digest: 'sha1' })], false],
  ['it is signed by RSA-PSS with SHA-256', () => signedWithPss('sha256'), true],
  ['it is signed by RSA-PSS with SHA-1', () => signedWithPss('sha1'), false],
  ['its key is RSA with 2,048 bits', () => [issue({ key: ['-newkey', 'rsa:2048'] })], true],
  ['its key is RSA with 1,024 bits', () => [issue({ key: ['-newkey', 'rsa:1024'] })], false],
  ['there is no certificate', () => [], false],
];

for (const [title, make, isGood] of chains) {
  test(`${isGood ? 'leads' : 'does not lead'} to an authority when ${title}`, () => {
    assert.equal(reaches(make()), isGood);
  });
}

test('does not lead to an authority of the same name with another key', () => {
  const other = new DatedCertificates();
  try {
    assert.equal(reaches([other.issue('x')]), false);
    assert.equal(reaches([other.issue('x'), other.authority.ca]), false);
    assert.equal(reaches([other.issue('x')], [root(), other.authority.ca]), true);
  } finally {
    other.close();
  }
});

test('does not fail at a key of a kind that is not known', () => {
  const issuer = signer();
  const raw = Buffer.from(read(issuer).raw);
  const ecPublicKey = Buffer.from('06072a8648ce3d0201', 'hex');
  raw[raw.indexOf(ecPublicKey) + ecPublicKey.byteLength - 1] = 0x7f;
  const strange = new X509Certificate(raw);
  assert.throws(() => strange.publicKey);
  const [certificate, authority] = [read(issue({}, issuer)), read(root())];
  assert.equal(reachesAuthority([certificate, strange], [authority]), false);
  assert.equal(reachesAuthority([strange], [authority, strange]), false);
});

test('does not end at an issuer that is configured but did not sign itself, as OpenSSL does not', () => {
  const issuer = signer();
  assert.equal(reaches([issue({}, issuer), issuer], [issuer]), false);
});

test.run();
