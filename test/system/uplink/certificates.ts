import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A private authority made with openssl, in a folder of its own. */
export class Authority {
  readonly folder: string;
  readonly ca: CertificateFiles;
  #issued = 0;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'gatehouse-ca-'));
    this.ca = this.#files('ca');
    openssl([
      'req',
      '-x509',
      ...newKey(this.ca),
      '-out',
      this.ca.certificate,
      '-subj',
      '/CN=Test authority',
      '-days',
      '2',
    ]);
  }

  /**
   * @param names subject alternative names, such as `DNS:localhost`
   * @param days until it expires; it has expired if negative
   */
  issue(commonName: string, names: readonly string[] = [], days = 2): CertificateFiles {
    const files = this.#files(`${commonName}-${++this.#issued}`);
    const request = `${files.certificate}.csr`;
    const extensions = `${files.certificate}.ext`;
    writeFileSync(extensions, names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`);
    openssl(['req', ...newKey(files), '-out', request, '-subj', `/CN=${commonName}`]);
    const signer = ['-CA', this.ca.certificate, '-CAkey', this.ca.key, '-CAcreateserial'];
    openssl([
      'x509',
      '-req',
      '-in',
      request,
      ...signer,
      '-out',
      files.certificate,
      '-days',
      String(days),
      '-extfile',
      extensions,
    ]);
    return files;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #files(name: string): CertificateFiles {
    return { certificate: join(this.folder, `${name}.pem`), key: join(this.folder, `${name}.key`) };
  }
}

function newKey(files: CertificateFiles): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', files.key];
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
