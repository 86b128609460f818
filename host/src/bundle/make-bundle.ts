import { type BundleOptions, gatherBundle } from './bundle-files.ts';
import { scrub } from './scrub.ts';
import { type TarFile, tarGzip } from './tar.ts';

export interface Bundle {
  /** A `.tar.gz`. */
  readonly archive: Buffer;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly about: string }[];
  readonly absent: readonly { readonly name: string; readonly why: string }[];
}

const CONTENTS = 'contents.json';
const FOLDER = 'gatehouse-bundle/';

/** Puts everything that helps to find a fault into one archive. No secret that the host could know of is in it. */
export async function makeBundle(options: BundleOptions): Promise<Bundle> {
  const { files: gathered, absent, secrets } = await gatherBundle(options);
  const clean = (text: string): string => scrub(text, secrets);
  const files = gathered.map(({ name, text, about }) => {
    const content = Buffer.from(clean(text));
    return { name, content, bytes: content.byteLength, about: clean(about) };
  });
  const listed = files.map(({ name, bytes, about }) => ({ name, bytes, about }));
  const missing = absent.map(({ name, why }) => ({ name, why: clean(why) }));
  const contents = { version: options.version, time: new Date().toISOString(), files: listed, absent: missing };
  const archived: TarFile[] = [
    { name: CONTENTS, content: Buffer.from(clean(`${JSON.stringify(contents, undefined, 2)}\n`)) },
    ...files,
  ];
  const archive = tarGzip(
    archived.map(({ name, content }) => ({ name: `${FOLDER}${name}`, content })),
    Math.floor(Date.now() / 1_000),
  );
  return { archive, files: listed, absent: missing };
}
