import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const ENTRIES = [
  { source: 'host/src/cli/main.ts', output: 'host/dist/gatehouse-host.js', isCommand: true },
  { source: 'host/src/cell/main.ts', output: 'host/dist/cell.js', isCommand: false },
  { source: 'host/src/index.ts', output: 'host/dist/index.js', isCommand: false },
];
const LICENSES = 'host/dist/THIRD-PARTY-LICENSES.txt';
const SHEBANG = '#!/usr/bin/env -S node --disable-wasm-trap-handler'; // without it each memory takes 10 GB of address space
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** What `buildHost` makes. */
export const HOST_OUTPUTS = [...ENTRIES.map(({ output }) => output), LICENSES];

/**
 * Bundles the command, the cell and the library, each with its dependencies, so that the host starts from two files and installs
 * nothing else but what some devices need. Nothing is replaced before all are made, and each file is replaced at once: they always belong together.
 */
export async function buildHost(root) {
  const { build } = await import('esbuild');
  const made = [];
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'host/package.json'), 'utf8'));
  const bundled = new Set();
  const { SOURCE_DATE_EPOCH } = process.env; // of reproducible builds, in seconds
  const builtAt = SOURCE_DATE_EPOCH === undefined ? Date.now() : Number(SOURCE_DATE_EPOCH) * 1_000;
  for (const { source, output, isCommand } of ENTRIES) {
    const lacksShebang = isCommand && !readFileSync(join(root, source), 'utf8').startsWith('#!');
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      entryPoints: [source],
      outfile: output,
      bundle: true,
      define: { GATEHOUSE_BUILT_AT: String(builtAt) }, // no clock that is right says less
      external: Object.keys(optionalDependencies), // native code, loaded when a device needs it
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['source'],
      alias: { 'readable-stream': 'node:stream' }, // the copy of Node's own that mqtt brings costs memory and time at start
      metafile: true,
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'warning',
      banner: { js: lacksShebang ? `${SHEBANG}\n${REQUIRE}` : REQUIRE },
    }).catch((error) => {
      throw new Error(`bundling ${source} failed: ${error.errors?.length ?? 0} errors, shown above`, { cause: error });
    });
    for (const input of Object.keys(metafile.inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined) bundled.add(folder);
    }
    made.push(
      ...outputFiles.map(({ path, contents }) => ({
        path,
        contents,
        isExecutable: isCommand && !path.endsWith('.map'),
      })),
    );
  }
  made.push({ path: join(root, LICENSES), contents: licensesOf(root, [...bundled].sort()), isExecutable: false });
  for (const { path, contents, isExecutable } of made) {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, contents, isExecutable);
  }
}

/** The licences of the packages in the bundles, which ask to be shown wherever their code goes. */
function licensesOf(root, folders) {
  return folders
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8');
      return `${name} ${version}: ${license}\n\n${text.trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Writes a file in one step, so that nobody runs half of it. */
export function replaceFile(path, contents, isExecutable) {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(part, contents);
  chmodSync(part, isExecutable ? 0o755 : 0o644);
  renameSync(part, path);
}
