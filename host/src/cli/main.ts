// The command gatehouse-host.
import { GatehouseError } from '../errors.ts';
import { hostVersion } from '../version.ts';
import { bundle } from './bundle.ts';
import { check } from './check.ts';
import { doctor } from './doctor.ts';
import { favourMemory } from './favour-memory.ts';
import { HELP, parseCommand } from './options.ts';
import { restartIfNeeded, takeRestarted } from './restart.ts';
import { run } from './run.ts';
import { status } from './status.ts';

const EXIT_USAGE = 2;

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'version':
      process.stdout.write(`${hostVersion()}\n`);
      return 0;
    case 'check':
      return check(command);
    case 'doctor':
      return (await restartIfNeeded()) ?? doctor(command, hostVersion(), takeRestarted());
    case 'run':
      favourMemory();
      return (await restartIfNeeded()) ?? run(command, takeRestarted());
    case 'status':
      return status(command);
    case 'bundle':
      return (await restartIfNeeded()) ?? bundle(command, hostVersion(), takeRestarted());
    default:
      return command satisfies never;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof GatehouseError) || error.code !== 'CLI_USAGE') throw error;
  process.stderr.write(`gatehouse-host: ${error.message}\nTry gatehouse-host --help\n`);
  process.exitCode = EXIT_USAGE;
}
