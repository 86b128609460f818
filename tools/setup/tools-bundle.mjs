import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFile } from './host-bundle.mjs';

const OUTPUT = 'tools/dist/gatehouse.js';

/** What `buildTools` makes. */
export const TOOLS_OUTPUTS = [OUTPUT];

/** Bundles the command `gatehouse` into one file, which needs nothing installed beside it but the packages of serial ports and of Bluetooth. */
export async function buildTools(root) {
  const { build } = await import('esbuild');
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'tools/package.json'), 'utf8'));
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['tools/src/cli/main.ts'],
    outfile: OUTPUT,
    bundle: true,
    external: Object.keys(optionalDependencies), // native code, loaded when a device needs it
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['source'],
    legalComments: 'none',
    logLevel: 'warning',
    banner: { js: '#!/usr/bin/env node' },
  }).catch((error) => {
    throw new Error(`bundling the tools failed: ${error.errors?.length ?? 0} errors, shown above`, { cause: error });
  });
  mkdirSync(dirname(join(root, OUTPUT)), { recursive: true });
  for (const { path, contents } of outputFiles) replaceFile(path, contents, true);
}
