import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AirServer } from './air-server.ts';
import { AIR_HELP, type AirArguments, parseAirArguments } from './arguments.ts';
import { serveControl } from './control-channel.ts';

/** Runs until a signal, or the end of standard input, asks it to end. */
async function run({ folder: given, controllers, hasTtys, endsWithStdin }: AirArguments): Promise<void> {
  if (given !== undefined) mkdirSync(given, { recursive: true });
  const folder = given ?? mkdtempSync(join(tmpdir(), 'gatehouse-air-'));
  try {
    const server = await AirServer.open({ folder, controllers, hasTtys });
    const ended = endOfRun(server, endsWithStdin);
    print({
      kind: 'started',
      pid: process.pid,
      control: server.controlPath,
      controllers: server.air.controllers.map(({ index }) => ({
        socket: server.socketPath(index),
        ...(hasTtys ? { tty: server.ttyPath(index) } : {}),
      })),
    });
    await ended;
    await server.close();
  } finally {
    process.stdin.destroy();
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Settles at the first of: a signal, the end of standard input (where asked for), nobody reading standard output. */
function endOfRun(server: AirServer, endsWithStdin: boolean): Promise<void> {
  return new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
    process.stdout.on('error', () => resolve());
    serveControl(process.stdin, process.stdout, (message) => server.perform(message))
      .catch(() => {}) // the terminal is gone
      .finally(() => endsWithStdin && resolve());
  });
}

function print(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

let options: AirArguments | 'help' | undefined;
try {
  options = parseAirArguments(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`air: ${textOf(error)}\nTry --help.\n`);
  process.exitCode = 2;
}
if (options === 'help') process.stdout.write(AIR_HELP);
else if (options !== undefined) {
  await run(options).catch((error: unknown) => {
    process.stderr.write(`air: ${textOf(error)}\n`);
    process.exitCode = 1;
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
