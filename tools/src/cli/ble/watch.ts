import { parseWords, wholeNumber } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { EXIT } from '../exit.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { ADAPTER_HELP, ADAPTER_OPTIONS, DEVICE_HELP, readAdapter, readPeer } from './adapter-options.ts';
import { PLACES_HELP, readPlaces } from './characteristic-text.ts';
import { openCentral } from './open-central.ts';
import { PeerWatch } from './peer-watch.ts';

const HELP = `gatehouse ble watch ADDRESS [CHARACTERISTIC...] - shows what a Bluetooth LE device notifies

Asks for notifications of what is named - or of everything that can notify - and prints a line for each. ${PLACES_HELP}
When the link is lost it says so and makes it again. Ctrl-C ends it.

${ADAPTER_HELP}
${DEVICE_HELP}
  --count N              end after so many notifications
  --json                 print one JSON object a notification: time, service, characteristic, name, hex, meaning

Exit code 1 if nothing was notified.

Examples:
  gatehouse ble watch A4:C1:38:01:02:03
  gatehouse ble watch A4:C1:38:01:02:03 181a/2a6e --count 10 --json
`;

export const BLE_WATCH: Command = { summary: 'show what a Bluetooth device notifies', help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const options = {
    ...ADAPTER_OPTIONS,
    device: { type: 'string' },
    timeout: { type: 'string' },
    count: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values, words } = parseWords(args, options);
  const { address, rest } = readPeer(words, values.gateway, values.device);
  const places = readPlaces(rest);
  const timeoutMs = wholeNumber(values.timeout ?? '10000', '--timeout', 100, 60_000);
  const count = values.count === undefined ? Number.POSITIVE_INFINITY : wholeNumber(values.count, '--count', 1, 1e9);
  const stop = stopOnSignal();
  const central = await openCentral(readAdapter(values), (text) => void process.stderr.write(`${text}\n`));
  try {
    const watch = new PeerWatch({ central, address, places, timeoutMs, count, isJson: values.json === true });
    const heard = await watch.run(stop);
    process.stderr.write(`${heard} notification${heard === 1 ? '' : 's'}\n`);
    return heard > 0 ? EXIT.done : EXIT.refused;
  } finally {
    await central.close();
  }
}
