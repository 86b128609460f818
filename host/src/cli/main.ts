// The command gatehouse-host.
import { readFileSync } from 'node:fs';
import { GatehouseError } from '../errors.ts';
import { check } from './check.ts';
import { doctor } from './doctor.ts';
import { favourMemory } from './favour-memory.ts';
import { HELP, parseCommand } from './options.ts';
import { restartIfNeeded, takeRestarted } from './restart.ts';
import { run } from './run.ts';

const EXIT_USAGE = 2;

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'version':
      process.stdout.write(`${readVersion()}\n`);
      return 0;
    case 'check':
      return check(command);
    case 'doctor':
      return (await restartIfNeeded()) ?? doctor(command, readVersion(), takeRestarted());
    case 'run':
      favourMemory();
      return (await restartIfNeeded()) ?? run(command, takeRestarted());
    default:
      return command satisfies never;
  }
}

function readVersion(): string {
  // The bundle lies in dist/, the source in src/cli/.
  const above = import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json';
  return (JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8')) as { version: string }).version;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof GatehouseError) || error.code !== 'CLI_USAGE') throw error;
  process.stderr.write(`gatehouse-host: ${error.message}\nTry gatehouse-host --help\n`);
  process.exitCode = EXIT_USAGE;
}
