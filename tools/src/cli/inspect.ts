import { parseCommand } from './arguments.ts';
import type { Command } from './commands.ts';
import { EXIT } from './exit.ts';
import { readBytes } from './files.ts';
import { formatReport } from './format-report.ts';
import { reportModule } from './module-report.ts';

const HELP = `gatehouse inspect MODULE - says what a module is, without running it

Name and version, inputs, outputs and methods, what it asks for, imports and exports, WebAssembly features, memory, sizes, and
its signatures - whether they fit the module, not whose keys they are: for that there is gatehouse verify.

  --json             print one JSON object

Exit code 1 if the host would refuse the module as such; what is known is printed all the same.

Examples:
  gatehouse inspect pump.wasm
  gatehouse inspect pump.wasm --json
`;

export const INSPECT: Command = { summary: 'say what a module is and asks for', help: HELP, run };

function run(args: readonly string[]): number {
  const { values, file } = parseCommand(args, { json: { type: 'boolean' } }, 'MODULE');
  const report = reportModule(readBytes(file));
  process.stdout.write(
    values.json === true ? `${JSON.stringify({ file, ...report })}\n` : `${file}\n${formatReport(report)}`,
  );
  return report.problems.length === 0 ? EXIT.done : EXIT.refused;
}
