// A leaf on bleno as a process of its own. Usage: leaf.ts TTY. A line {phase, ms, everyMs} on standard input lets it notify for
// some time: every so many milliseconds, or with 0 as fast as its controller takes it. Ends with its standard input.
import { createInterface } from 'node:readline';
import bleno, { type ConnectionHandle, withBindings } from '@stoprocent/bleno';
import { encodeNotification, machineMs, NOTIFIED, SERVICE } from './notification.ts';

export interface Task {
  readonly phase: number;
  readonly ms: number;
  readonly everyMs: number;
}

/** bleno keeps what its controller has no room for in a queue of its own without an end, and says only here when there is room. */
interface Outgoing {
  pushAclOutQueue(): void;
  readonly _aclOutQueue: readonly unknown[];
}

const LOOK_MS = 5;
const [tty = ''] = process.argv.slice(2);
const leaf = withBindings('hci', { hciDriver: 'uart', bindParams: { uart: { port: tty, baudRate: 1_000_000 } } });
let notify: (value: Buffer) => void = () => undefined;
const counter = new bleno.Characteristic({
  uuid: NOTIFIED,
  properties: ['notify'],
  onSubscribe(_handle: ConnectionHandle, _maxValueSize: number, update: (value: Buffer) => void) {
    notify = update;
  },
});

function print(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Keeps to its times even when timers are late: what is due by then is sent at once. */
function notifyPaced({ phase, ms, everyMs }: Task): void {
  const began = machineMs();
  const total = Math.floor(ms / everyMs);
  let number = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor((machineMs() - began) / everyMs));
    while (number < due) notify(encodeNotification({ phase, number: number++, sentMs: machineMs() }));
    if (number < total) return;
    clearInterval(timer);
    print({ kind: 'done', phase, sent: number });
  }, LOOK_MS);
}

/** Fills the buffers of the controller and no queue, each time when some are free. */
function notifyFast({ phase, ms }: Task): void {
  const { _hci: outgoing } = (leaf as unknown as { _bindings: { _hci: Outgoing } })._bindings;
  const push = Object.getPrototypeOf(outgoing).pushAclOutQueue as () => void;
  const end = machineMs() + ms;
  let number = 0;
  outgoing.pushAclOutQueue = () => {
    push.call(outgoing);
    if (outgoing._aclOutQueue.length > 0 || machineMs() >= end) return;
    notify(encodeNotification({ phase, number: number++, sentMs: machineMs() }));
  };
  outgoing.pushAclOutQueue();
  setTimeout(() => {
    outgoing.pushAclOutQueue = push;
    print({ kind: 'done', phase, sent: number });
  }, ms);
}

await leaf.waitForPoweredOnAsync();
await leaf.setServicesAsync([new bleno.PrimaryService({ uuid: SERVICE, characteristics: [counter] })]);
await leaf.startAdvertisingAsync('leaf', [SERVICE]);
print({ kind: 'ready', address: leaf.address });
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const task = JSON.parse(line) as Task;
    if (task.everyMs > 0) notifyPaced(task);
    else notifyFast(task);
  })
  .on('close', () => process.exit(0));
