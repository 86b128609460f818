// A beacon on bleno as a process of its own, for tests: it only advertises. Usage: beacon.ts TTY HEX, the AD structures in hexadecimal.
// Prints a JSON line; ends with its standard input.
import { withBindings } from '@stoprocent/bleno';

const POWER_MS = 10_000;

const [port, data] = process.argv.slice(2) as [string, string];
const beacon = withBindings('hci', { hciDriver: 'uart', bindParams: { uart: { port, baudRate: 1_000_000 } } });
await beacon.waitForPoweredOnAsync(POWER_MS);
await beacon.startAdvertisingWithEIRDataAsync(Buffer.from(data, 'hex'));
process.stdout.write(`${JSON.stringify({ kind: 'ready', address: beacon.address })}\n`);
process.stdin.once('end', () => process.exit()).resume();
