// Entry of the cell's thread: takes turns for ever, and sleeps in between until the host or a timer wakes it.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Activity } from '../bridge/activity.ts';
import type { CellControl, CellReport, CellThreadData } from '../bridge/control.ts';
import { Flow } from '../bridge/flow.ts';
import { SharedRing } from '../bridge/shared-ring.ts';
import { Signal } from '../bridge/signal.ts';
import { Cell } from './cell.ts';
import { systemClock } from './clock.ts';

/** The event loop has its turn at least this often, so that the engine can do its housekeeping. */
const SLEEP_MAX_MS = 500;

/** How long control messages are handled before the modules that run have their turn. */
const CONTROL_MS = 2;

if (parentPort === null) throw new Error('the cell runs as a worker thread of the host');
const port = parentPort;
const data = workerData as CellThreadData;
const signal = new Signal(data.signal);
const report = (message: CellReport): void => port.postMessage(message);
const cell = new Cell({
  toHost: new SharedRing(data.toHost),
  notices: new SharedRing(data.notices),
  fromHost: new SharedRing(data.fromHost),
  inbound: new SharedRing(data.inbound),
  activity: new Activity(data.activity),
  flow: { table: new Flow(data.flow, data.producers), producer: data.producer },
  clock: systemClock,
  takeControl: () => {
    while (takeControl());
  },
  wakeHost: () => {
    if (signal.claimHostWake()) report({ kind: 'wake' });
  },
});

function control(message: CellControl): void {
  switch (message.kind) {
    case 'image':
      cell.addImage(message.image);
      return;
    case 'install':
      cell.install(message.spec);
      return;
    case 'routes':
      cell.setRoutes(message.routes, message.crossings);
      return;
    case 'start':
      cell.start(message.slot);
      return;
    case 'stop':
      cell.stop(message.slot, message.reason);
      return;
    case 'remove':
      cell.remove(message.slot);
      return;
    case 'status':
      report({ kind: 'status', id: message.id, status: cell.status() });
      return;
    case 'ping':
      report({ kind: 'pong' });
      return;
    default:
      message satisfies never;
  }
}

/** Does what the host has asked for, for a while: starting modules takes time. Returns whether there may be more. */
function takeControl(): boolean {
  const deadline = performance.now() + CONTROL_MS;
  for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) {
    control(received.message as CellControl);
    if (performance.now() >= deadline) return true;
  }
  return false;
}

function turn(): void {
  const seen = signal.cellCount;
  const hasMore = takeControl();
  const idleMs = cell.turn();
  if (idleMs > 0 && !hasMore) signal.sleep(seen, Math.min(idleMs, SLEEP_MAX_MS));
  setImmediate(turn);
}

turn();
