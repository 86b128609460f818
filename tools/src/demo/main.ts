import { DEMO_HELP, type DemoArguments, parseDemoArguments } from './arguments.ts';
import { runDemo } from './run-demo.ts';

let options: DemoArguments | 'help' | undefined;
try {
  options = parseDemoArguments(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`gatehouse: ${textOf(error)}\nTry npm start -- --help.\n`);
  process.exitCode = 2;
}
if (options === 'help') process.stdout.write(DEMO_HELP);
else if (options !== undefined) {
  process.exitCode = await runDemo(options).catch((error: unknown) => {
    process.stderr.write(`gatehouse: ${textOf(error)}\n`);
    return 1;
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
