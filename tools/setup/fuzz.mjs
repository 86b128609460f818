import { parseArgs } from 'node:util';
import { command } from './command.mjs';

const HELP = `npm run fuzz -- [--minutes N] [path part ...]

Runs the fuzz tests, each for N minutes (default 1). With path parts, only files whose path contains one of them.
Example: npm run fuzz -- --minutes 5 routes
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h' } },
});
const minutes = Number(values.minutes);
if (values.help) {
  process.stdout.write(HELP);
} else if (!(minutes > 0 && minutes <= 1440)) {
  process.stderr.write(`--minutes takes a number up to 1440, not "${values.minutes}"\n`);
  process.exitCode = 2;
} else {
  process.env['GATEHOUSE_FUZZ_MS'] = String(minutes * 60_000);
  const parts = positionals.length === 0 ? [''] : positionals;
  process.argv.splice(2, process.argv.length, ...parts.map((part) => `test/fuzz/${part}`));
  command({ file: 'test/lib/run.ts' });
}
