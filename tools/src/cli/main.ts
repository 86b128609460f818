// The command gatehouse.
import { readFileSync } from 'node:fs';
import { GatehouseError } from '../../../host/src/errors.ts';
import { COMMANDS } from './commands.ts';
import { EXIT } from './exit.ts';

const HELP = `gatehouse - keys, signatures and facts of Gatehouse modules

Usage: gatehouse COMMAND [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`)
  .join('\n')}

  gatehouse COMMAND --help says more, with examples; gatehouse --version. Manual: docs/signatures.md

Exit codes:
  0   done; verify: signed by a key that may
  1   refused, with a code that docs/errors.md explains
  2   the command line is wrong

Examples:
  gatehouse keygen acme
  gatehouse sign pump.wasm --key acme.key.pem
  gatehouse verify pump.wasm --key acme.pub.pem
  gatehouse inspect pump.wasm
`;

async function main(args: readonly string[]): Promise<number> {
  const [first, second] = args;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(HELP);
    return first === undefined ? EXIT.usage : EXIT.done;
  }
  if (first === '--version' || first === '-v') {
    process.stdout.write(`${readVersion()}\n`);
    return EXIT.done;
  }
  const two = `${first} ${second}`;
  const name = Object.hasOwn(COMMANDS, two) ? two : first;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new GatehouseError('CLI_USAGE', `unknown command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}`);
  const rest = args.slice(name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(command.help);
    return EXIT.done;
  }
  return command.run(rest);
}

function readVersion(): string {
  // The bundle lies in dist/, the source in src/cli/.
  const above = import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json';
  return (JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8')) as { version: string }).version;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof GatehouseError)) throw error;
  const isUsage = error.code === 'CLI_USAGE';
  process.stderr.write(`gatehouse: ${error.message}${isUsage ? '\nTry gatehouse --help' : ` (${error.code})`}\n`);
  process.exitCode = isUsage ? EXIT.usage : EXIT.refused;
}
