// Builds the ready modules: node --import tsx tools/src/module-build/modules.ts [NAME ...]
import { buildModules } from './build-modules.ts';

const names = process.argv.slice(2);

try {
  await buildModules(names.length > 0 ? names : undefined, ({ name, bytes, built }) => {
    if (built) console.log(`${name}: ${bytes.toLocaleString('en')} bytes`);
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
