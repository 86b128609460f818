// The demonstration with the stand-in in place of the host; arguments as for `npm start --`.
import { fileURLToPath } from 'node:url';
import { parseDemoArguments } from '../../../tools/src/demo/arguments.ts';
import { runDemo } from '../../../tools/src/demo/run-demo.ts';

const STAND_IN = fileURLToPath(new URL('stand-in-host.ts', import.meta.url));
const options = parseDemoArguments(process.argv.slice(2), process.env);
if (options === 'help') throw new Error('no help here');
process.exitCode = await runDemo(options, ['--import', 'tsx', STAND_IN]).catch((error: Error) => {
  process.stderr.write(`gatehouse: ${error.message}\n`);
  return 1;
});
