// noble with nothing around it, as a process of its own. Usage: bare-central.ts TTY LEAVES. Ends with its standard input.
import { type Characteristic, type Peripheral, withBindings } from '@stoprocent/noble';
import { until } from '../../test/lib/until.ts';
import { NOTIFIED, SERVICE } from './notification.ts';
import { Tally } from './tally.ts';

const LOOK_MS = 250;
const WAIT_MS = 30_000;
const [tty = '', leaves = ''] = process.argv.slice(2);
const count = Number(leaves);
const noble = withBindings('hci', { hciDriver: 'uart', bindParams: { uart: { port: tty, baudRate: 1_000_000 } } });
const tally = new Tally(count);

function print(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function find(): Promise<Peripheral[]> {
  const found = new Map<string, Peripheral>();
  noble.on('discover', (peripheral) => found.set(peripheral.address, peripheral));
  await noble.startScanningAsync([SERVICE], false);
  await until(`${count} leaves`, () => found.size === count, WAIT_MS);
  await noble.stopScanningAsync();
  return [...found.values()];
}

async function subscribe(peripheral: Peripheral, leaf: number): Promise<void> {
  await peripheral.connectAsync();
  const { characteristics } = await peripheral.discoverSomeServicesAndCharacteristicsAsync([SERVICE], [NOTIFIED]);
  const notified = characteristics[0] as Characteristic;
  notified.on('data', (value: Buffer) => tally.take(leaf, value));
  await notified.subscribeAsync();
}

await noble.waitForPoweredOnAsync(WAIT_MS);
const peripherals = await find();
for (const [leaf, peripheral] of peripherals.entries()) await subscribe(peripheral, leaf);
print({ kind: 'subscribed', pid: process.pid });
setInterval(() => {
  const heard = tally.settled();
  if (heard !== undefined) print({ kind: 'heard', ...heard });
}, LOOK_MS);
process.stdin
  .on('end', () => {
    const goodbyes = Promise.allSettled(peripherals.map((peripheral) => peripheral.disconnectAsync()));
    void goodbyes.then(() => process.exit(0));
  })
  .resume();
