import { setTimeout } from 'node:timers/promises';
import { withBindings } from '@stoprocent/bleno';
import { watchPort } from '../../../host/src/drivers/port-presence.ts';
import { seededRandom } from '../pump/random.ts';
import { Climate } from './climate.ts';
import { parseSensorArguments, SENSOR_HELP, type SensorArguments } from './sensor-arguments.ts';
import { ENVIRONMENTAL_SENSING, SensorServices } from './sensor-services.ts';

const BAUD_RATE = 1_000_000; // a tty without a wire does not care, but bleno wants one
const GOODBYE_MS = 1_000;
const POWER_MS = 10_000;

/** Runs until a signal, or the end of standard input, asks it to end; rejects when the adapter cannot be used, or is lost. */
async function run({ tty, name, intervalMs, seed, endsWithStdin }: SensorArguments): Promise<void> {
  const climate = new Climate(seededRandom(seed));
  const sensor = new SensorServices(climate.next(), `sim-${seed}`);
  const host = withBindings('hci', {
    hciDriver: 'uart',
    bindParams: { uart: { port: tty, baudRate: BAUD_RATE } },
  });
  await host.waitForPoweredOnAsync(POWER_MS);
  const lost = new Promise<never>((_, reject) => {
    const lose = (state: string): void => reject(new Error(`the adapter at ${tty} is ${state}`));
    host.on('stateChange', (state) => state !== 'poweredOn' && lose(state));
    watchPort(tty, () => lose('gone'));
  });
  host.on('accept', (address) => print({ kind: 'connected', address }));
  host.on('disconnect', (address) => print({ kind: 'disconnected', address }));
  await host.setServicesAsync([...sensor.services]);
  await host.startAdvertisingAsync(name, [ENVIRONMENTAL_SENSING]);
  const ended = endOfRun(endsWithStdin);
  print({ kind: 'started', name, address: host.address, seed, intervalMs, pid: process.pid });
  setInterval(() => sensor.update(climate.next()), intervalMs);
  await Promise.race([ended, lost]);
  // A controller behind a serial line does not notice that its host ends, so it is told to.
  host.disconnect();
  await Promise.race([host.stopAdvertisingAsync(), setTimeout(GOODBYE_MS)]);
}

/** Settles at the first of: a signal, the end of standard input (where asked for), nobody reading standard output. */
function endOfRun(endsWithStdin: boolean): Promise<void> {
  return new Promise<void>((resolve) => {
    const end = (): void => resolve();
    process.once('SIGTERM', end).once('SIGINT', end);
    process.stdout.on('error', end);
    if (endsWithStdin) process.stdin.once('end', end).once('error', end).resume();
  });
}

function print(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let options: SensorArguments | 'help' | undefined;
try {
  options = parseSensorArguments(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`sensor: ${textOf(error)}\nTry --help.\n`);
  process.exitCode = 2;
}
if (options === 'help') process.stdout.write(SENSOR_HELP);
else if (options !== undefined) {
  try {
    await run(options);
  } catch (error) {
    process.stderr.write(`sensor: ${textOf(error)}\n`);
    process.exitCode = 1;
  }
  // bleno keeps a timer for ever, so the process has to be ended.
  process.exit();
}
