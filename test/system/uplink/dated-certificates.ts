import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, type CertificateFiles } from './certificates.ts';

/** Which days a certificate is for, and what else it says. */
export interface CertificateKind {
  /** `YYYYMMDD`; by default it is valid now. */
  readonly from?: string;
  readonly until?: string;
  /** Subject alternative names. */
  readonly names?: readonly string[];
  /** Lines of an extension section of openssl. */
  readonly extensions?: readonly string[];
  /** How its key is made; P-256 by default. */
  readonly key?: readonly string[];
  /** With which digest its issuer signs it. */
  readonly digest?: string;
  /** More options of `openssl ca`. */
  readonly options?: readonly string[];
}

/** What a certificate needs that may sign others. */
export const SIGNER = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
export const EXPIRED = { from: '20200101', until: '20210101' } as const;
export const NOT_YET_VALID = { from: '20400101', until: '20410101' } as const;

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

/** Makes certificates of any dates with `openssl ca`, signed by an authority or by one another. */
export class DatedCertificates {
  readonly authority = new Authority();
  #made = 0;

  /** @param issuer by default the authority */
  issue(
    commonName: string,
    kind: CertificateKind = {},
    issuer: CertificateFiles = this.authority.ca,
  ): CertificateFiles {
    const {
      from = '20200101',
      until = '20490101',
      names = [],
      extensions = [],
      key = P256,
      digest = 'sha256',
      options = [],
    } = kind;
    const folder = join(this.authority.folder, `dated-${++this.#made}`);
    mkdirSync(folder);
    const at = (name: string) => join(folder, name);
    const files = { certificate: at('certificate.pem'), key: at('key.pem') };
    openssl(['req', ...key, '-nodes', '-keyout', files.key, '-out', at('request'), '-subj', `/CN=${commonName}`]);
    const lines = [...extensions, ...(names.length === 0 ? [] : [`subjectAltName=${names.join(',')}`])];
    writeFileSync(at('index'), '');
    writeFileSync(
      at('conf'),
      [
        ...['[ca]', 'default_ca=d', '[d]', `database=${at('index')}`, `new_certs_dir=${folder}`, 'rand_serial=yes'],
        ...['policy=p', 'unique_subject=no', '[p]', 'commonName=supplied', '[x]', ...lines, ''],
      ].join('\n'),
    );
    openssl([
      ...['ca', '-batch', '-notext', '-config', at('conf'), '-md', digest, '-in', at('request')],
      ...['-cert', issuer.certificate, '-keyfile', issuer.key, '-out', files.certificate],
      ...options,
      ...['-startdate', `${from}000000Z`, '-enddate', `${until}000000Z`, '-extensions', 'x'],
    ]);
    return files;
  }

  /** The same certificate for a server, which sends those of its issuers along. */
  withIssuers({ certificate, key }: CertificateFiles, ...issuers: readonly CertificateFiles[]): CertificateFiles {
    const chain = `${certificate}.chain`;
    const texts = [certificate, ...issuers.map((issuer) => issuer.certificate)].map((file) =>
      readFileSync(file, 'utf8'),
    );
    writeFileSync(chain, texts.join('\n'));
    return { certificate: chain, key };
  }

  close(): void {
    this.authority.close();
  }
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
