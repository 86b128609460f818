// The command gatehouse.
import { readFileSync } from 'node:fs';
import { GatehouseError } from '../../../host/src/errors.ts';
import { COMMANDS } from './commands.ts';
import { EXIT } from './exit.ts';

const HELP = `gatehouse - signed modules, and commissioning of devices

Usage: gatehouse COMMAND [options]

Commands:
${listOf(Object.keys(COMMANDS))}
  gatehouse COMMAND --help says more, with examples; gatehouse --version. Manuals: docs/signatures.md, docs/commissioning.md

Exit codes:
  0   done; verify: signed by a key that may
  1   refused or failed, with a code that docs/errors.md explains
  2   the command line is wrong
  3   a write was sent and is not confirmed

Examples:
  gatehouse keygen acme
  gatehouse sign pump.wasm --key acme.key.pem
  gatehouse verify pump.wasm --key acme.pub.pem
  gatehouse inspect pump.wasm
  gatehouse modbus read --tcp 192.168.1.20 holding:0-9
  gatehouse ble scan
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
  const group = Object.keys(COMMANDS).filter((name) => name.startsWith(`${first} `));
  if (group.length > 0 && (second === undefined || second === '--help' || second === '-h')) {
    process.stdout.write(`${listOf(group)}\n  gatehouse COMMAND --help says more, with examples\n`);
    return second === undefined ? EXIT.usage : EXIT.done;
  }
  const two = `${first} ${second}`;
  const name = Object.hasOwn(COMMANDS, two) ? two : first;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined && group.length > 0)
    throw new GatehouseError('CLI_USAGE', `unknown command "${two}"; there are ${group.join(', ')}`);
  if (command === undefined)
    throw new GatehouseError('CLI_USAGE', `unknown command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}`);
  const rest = args.slice(name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(command.help);
    return EXIT.done;
  }
  return command.run(rest);
}

/** Commands with what they do, a line each. */
function listOf(names: readonly string[]): string {
  return names.map((name) => `  ${name.padEnd(14)}${COMMANDS[name]?.summary}\n`).join('');
}

function readVersion(): string {
  // The bundle lies in dist/, the source in src/cli/.
  const above = import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json';
  return (JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8')) as { version: string }).version;
}

/** The command that was asked for, if there is one, to name its help. */
function commandOf(): string {
  const [first = '', second = ''] = process.argv.slice(2);
  const name = Object.keys(COMMANDS).find((each) => each === `${first} ${second}` || each === first);
  return name === undefined ? '' : `${name} `;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof GatehouseError)) throw error;
  const isUsage = error.code === 'CLI_USAGE';
  process.stderr.write(
    `gatehouse: ${error.message}${isUsage ? `\nTry gatehouse ${commandOf()}--help` : ` (${error.code})`}\n`,
  );
  const { check } = error.details;
  if (Array.isArray(check)) for (const line of check) process.stderr.write(`  - ${line}\n`);
  process.exitCode = isUsage ? EXIT.usage : EXIT.refused;
}
