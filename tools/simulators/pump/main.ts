import { PUMP_HELP, type PumpArguments, parsePumpArguments } from './arguments.ts';
import { ModbusServer } from './modbus-server.ts';
import { PumpDevice } from './pump-device.ts';
import { seededRandom } from './random.ts';

const TICK_MS = 10;

function print(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Runs until a signal (or the end of standard input) asks it to end. */
async function run(options: PumpArguments): Promise<void> {
  const counts: Record<string, number> = {};
  const device = new PumpDevice({
    plan: options.plan,
    random: seededRandom(options.seed),
    now: () => performance.now(),
    onEvent: (event) => {
      counts[event.kind] = (counts[event.kind] ?? 0) + 1;
      print({ ...event });
    },
  });
  const server = await ModbusServer.open(device, options);
  // Whoever reads "started" may signal at once, so the handlers come first.
  const ended = endOfRun(options);
  print({
    kind: 'started',
    host: options.host,
    port: server.port,
    unitId: options.unitId,
    seed: options.seed,
    pid: process.pid,
  });
  const ticking = setInterval(() => device.tick(), TICK_MS);
  await ended;
  process.on('SIGTERM', () => {}).on('SIGINT', () => {}); // a second signal does not cut the summary
  clearInterval(ticking);
  await server.close();
  process.stdin.destroy();
  print({
    kind: 'summary',
    running: device.model.running,
    stopLatched: device.readCoil(1),
    strokes: device.model.strokes,
    producedLitre: Math.round(device.model.produced * 10) / 10,
    events: counts,
  });
}

/** Settles at the first of: a signal, the end of standard input (where asked for), nobody reading standard output. */
function endOfRun({ endsWithStdin }: PumpArguments): Promise<void> {
  return new Promise<void>((resolve) => {
    const end = (): void => resolve();
    process.once('SIGTERM', end).once('SIGINT', end);
    process.stdout.on('error', end); // nobody reads any more
    if (endsWithStdin) process.stdin.once('end', end).once('error', end).resume();
  });
}

let options: PumpArguments | 'help' | undefined;
try {
  options = parsePumpArguments(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`pump: ${textOf(error)}\nTry --help.\n`);
  process.exitCode = 2;
}
if (options === 'help') process.stdout.write(PUMP_HELP);
else if (options !== undefined) {
  await run(options).catch((error: unknown) => {
    process.stderr.write(`pump: ${textOf(error)}\n`);
    process.exitCode = 1;
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
