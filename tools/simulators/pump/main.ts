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
  print({
    kind: 'started',
    host: options.host,
    port: server.port,
    unitId: options.unitId,
    seed: options.seed,
    pid: process.pid,
  });
  const ticking = setInterval(() => device.tick(), TICK_MS);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    process.stdout.once('error', () => resolve()); // nobody reads any more
    if (options.endsWithStdin)
      process.stdin
        .once('end', resolve)
        .once('error', () => resolve())
        .resume();
  });
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
