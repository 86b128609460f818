import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAssembly } from '../../tools/src/module-build/index.ts';

const GUIDE = new URL('../../docs/sdk.md', import.meta.url);
/** Below the SDK, so that its name is resolved. */
const ROOT = fileURLToPath(new URL('../../sdk/test/build', import.meta.url));

/** The example of docs/sdk.md with that class, compiled as a module; `change` puts what there is in a test in the place of what the guide names. */
export async function guideModule(className: string, change = (source: string): string => source): Promise<Uint8Array> {
  const blocks = [...readFileSync(GUIDE, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, source]) => source!);
  const source = blocks.find((block) => block.includes(`class ${className} extends Module`));
  if (source === undefined) throw new Error(`docs/sdk.md has no class ${className}`);
  mkdirSync(ROOT, { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'guide-'));
  try {
    const entry = join(folder, 'index.ts');
    const ends = `import { run as runExample } from '@gatehouse/sdk';\nexport * from '@gatehouse/sdk/entry';\n`;
    writeFileSync(entry, `${ends}${change(source)}\nrunExample(new ${className}());\n`);
    return await compileAssembly(entry);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
