// Compiles the AssemblyScript modules of the tests in one process, so that the compiler is started and warmed up once and not by
// every test file; a test that comes earlier compiles its own. Usage: compile-fixtures.ts FOLDER ...
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CompilerError, compileAssembly } from '../../tools/src/module-build/index.ts';

const FIXTURE = /\btest\/(?:.*\/)?assembly\/[^/]+\.ts$/;

for (const folder of process.argv.slice(2)) {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  for (const entry of paths.filter((path) => FIXTURE.test(path)).sort()) {
    for (const target of ['release', 'debug'] as const) {
      try {
        await compileAssembly(entry, { target });
      } catch (error) {
        // The test that uses it says so, or expects it.
        if (!(error instanceof CompilerError)) throw error;
      }
    }
  }
}
