import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const ENTRIES = [
  { source: 'host/src/cli/main.ts', output: 'host/dist/gatehouse-host.js', isCommand: true },
  { source: 'host/src/cell/main.ts', output: 'host/dist/cell.js', isCommand: false },
];
const SHEBANG = '#!/usr/bin/env -S node --disable-wasm-trap-handler'; // without it each memory takes 10 GB of address space
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** What `buildHost` makes. */
export const HOST_OUTPUTS = ENTRIES.map(({ output }) => output);

/**
 * Bundles the command and the cell, each with its dependencies, so that the host starts from two files. Nothing is replaced before
 * both are made, and each file is replaced at once: the two always belong together.
 */
export async function buildHost(root) {
  const { build } = await import('esbuild');
  const made = [];
  for (const { source, output, isCommand } of ENTRIES) {
    const lacksShebang = isCommand && !readFileSync(join(root, source), 'utf8').startsWith('#!');
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [source],
      outfile: output,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['source'],
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'warning',
      banner: { js: lacksShebang ? `${SHEBANG}\n${REQUIRE}` : REQUIRE },
    }).catch((error) => {
      throw new Error(`bundling ${source} failed: ${error.errors?.length ?? 0} errors, shown above`, { cause: error });
    });
    made.push(
      ...outputFiles.map(({ path, contents }) => ({
        path,
        contents,
        isExecutable: isCommand && !path.endsWith('.map'),
      })),
    );
  }
  for (const { path, contents, isExecutable } of made) {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, contents, isExecutable);
  }
}

function replaceFile(path, contents, isExecutable) {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(part, contents);
  chmodSync(part, isExecutable ? 0o755 : 0o644);
  renameSync(part, path);
}
