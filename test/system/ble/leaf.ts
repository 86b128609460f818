// A peripheral on bleno as a process of its own, for tests. Usage: leaf.ts NAME=TTY ... Prints JSON lines; ends with its
// standard input.
import bleno, { type Bleno, type Characteristic, type ConnectionHandle, withBindings } from '@stoprocent/bleno';
import { LEAF, LONG_VALUE } from './leaf-services.ts';

function print(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Notifies a counter as often as it is told, and never faster than its timer. */
function counterOf(): { characteristic: Characteristic; start: (count: number, intervalMs: number) => void } {
  let notify: ((value: Buffer) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const characteristic = new bleno.Characteristic({
    uuid: LEAF.counter,
    properties: ['notify'],
    onSubscribe(_handle: ConnectionHandle, _maxValueSize: number, update: (value?: Buffer) => void) {
      notify = update;
    },
    onUnsubscribe() {
      notify = undefined;
      clearInterval(timer);
    },
  });
  const start = (count: number, intervalMs: number): void => {
    let sent = 0;
    clearInterval(timer);
    timer = setInterval(() => {
      const value = Buffer.alloc(4);
      value.writeUInt32LE(sent++);
      notify?.(value);
      if (sent >= count) clearInterval(timer);
    }, intervalMs);
  };
  return { characteristic, start };
}

function serve(leaf: Bleno, name: string): void {
  let stored = Buffer.from('nothing');
  const counter = counterOf();
  const characteristics = [
    new bleno.Characteristic({
      uuid: LEAF.long,
      properties: ['read'],
      onReadRequest: (_handle, offset, callback) =>
        callback(bleno.Characteristic.RESULT_SUCCESS, LONG_VALUE.subarray(offset)),
    }),
    new bleno.Characteristic({
      uuid: LEAF.store,
      properties: ['read', 'write', 'writeWithoutResponse'],
      onReadRequest: (_handle, offset, callback) =>
        callback(bleno.Characteristic.RESULT_SUCCESS, stored.subarray(offset)),
      onWriteRequest: (_handle, data, _offset, withoutResponse, callback) => {
        stored = Buffer.from(data);
        print({ kind: 'written', name, hex: data.toString('hex'), withoutResponse });
        callback(bleno.Characteristic.RESULT_SUCCESS);
      },
    }),
    new bleno.Characteristic({
      uuid: LEAF.start,
      properties: ['write'],
      onWriteRequest: (_handle, data, _offset, _withoutResponse, callback) => {
        counter.start(data.readUInt16LE(0), data.readUInt16LE(2));
        callback(bleno.Characteristic.RESULT_SUCCESS);
      },
    }),
    counter.characteristic,
  ];
  leaf.on('accept', (address) => print({ kind: 'accept', name, address }));
  leaf.on('stateChange', (state) => print({ kind: 'state', name, state }));
  leaf.on('disconnect', (address) => print({ kind: 'disconnect', name, address }));
  leaf.setServices([new bleno.PrimaryService({ uuid: LEAF.service, characteristics })]);
}

async function run(name: string, port: string): Promise<void> {
  const leaf = withBindings('hci', { hciDriver: 'uart', bindParams: { uart: { port, baudRate: 1_000_000 } } });
  await leaf.waitForPoweredOnAsync();
  serve(leaf, name);
  await leaf.startAdvertisingAsync(name, [LEAF.service]);
  print({ kind: 'ready', name, address: leaf.address });
}

process.stdin.on('end', () => process.exit(0)).resume();
await Promise.all(
  process.argv.slice(2).map((argument) => {
    const [name = '', tty = ''] = argument.split('=');
    return run(name, tty);
  }),
);
