import { readFileSync } from 'node:fs';
import { encodeMessage } from '../host/src/abi/frames.ts';
import { IMPORT_COSTS } from '../host/src/abi/import-costs.ts';
import { SharedRing } from '../host/src/bridge/shared-ring.ts';
import { Cell } from '../host/src/cell/cell.ts';
import { systemClock } from '../host/src/cell/clock.ts';
import type { CellModuleSpec } from '../host/src/cell/module-slot.ts';
import { MODULE_LIMITS } from '../host/src/limits.ts';
import { prepareModule } from '../host/src/sandbox/index.ts';
import { DEFAULT_LIMITS } from '../test/lib/test-cell.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../test/lib/wat.ts';
import { atLeast, atMost, type Bench, median, rounded } from './lib/bench.ts';

const BODY_BYTES = 200;
const WARM_UP_MS = 2_000;
const MEASURE_MS = 1_000;
const ROUNDS = 5;
const FORWARD = new URL('../modules-as/build/forward.wasm', import.meta.url);

/** The quota is not what is measured. */
const AMPLE_LIMITS = {
  ...DEFAULT_LIMITS,
  messagesPerSecond: MODULE_LIMITS.messagesPerSecond.max,
  fuelPerSecond: MODULE_LIMITS.fuelPerSecond.max,
  fuelBurst: MODULE_LIMITS.fuelBurst.max,
};

/** Emits as many messages as the queue ahead takes, again and again. */
const SOURCE = guestWat({
  imports: `${MESSAGE_IMPORTS} (import "timer" "set" (func $set (param i32 i32 i32) (result i32)))`,
  data: '(data (i32.const 0) "output")',
  handle: `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (drop (call $output (i32.const 0) (i32.const 6)))
      (return (call $set (i32.const 0) (i32.const 0) (i32.const 0)))))
    (if (i32.ne (local.get $kind) (i32.const 3)) (then (return (i32.const 0))))
    (loop $more
      (br_if $more (i32.eqz (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.const 1024) (i32.const ${BODY_BYTES})))))
    (call $set (i32.const 0) (i32.const 0) (i32.const 0))`,
});

/** Messages of 200 bytes through `source -> first -> second`, both the SDK's `forward`, metered, on this thread alone. */
export const routeHop: Bench = {
  name: 'route-hop',
  question: 'How many messages of 200 bytes go from module to module through one route in a second, on one core?',
  async run() {
    const hop = createChain();
    const call = createBareCall();
    hop(WARM_UP_MS);
    call(WARM_UP_MS);
    const rounds = Array.from({ length: ROUNDS }, () => ({ hops: hop(MEASURE_MS), calls: call(MEASURE_MS) }));
    const perSecond = median(rounds.map(({ hops }) => hops));
    const ratioToBareCall = median(rounds.map(({ hops, calls }) => calls / hops));
    return {
      figures: {
        perSecond: Math.round(perSecond),
        bareCallsPerSecond: Math.round(median(rounds.map(({ calls }) => calls))),
        ratioToBareCall: rounded(ratioToBareCall),
        bodyBytes: BODY_BYTES,
      },
      targets: [
        atLeast('perSecond', Math.round(perSecond), 2_500_000),
        atMost('ratioToBareCall', rounded(ratioToBareCall), 4),
      ],
    };
  },
};

/** A cell with the chain; runs it for some time and returns hops a second. */
function createChain(): (ms: number) => number {
  const ring = (): SharedRing => SharedRing.create(1 << 20);
  const cell = new Cell({
    toHost: ring(),
    notices: ring(),
    fromHost: ring(),
    clock: systemClock,
    wakeHost: () => undefined,
  });
  for (const [id, wasm] of [compileWat(SOURCE), readFileSync(FORWARD)].entries()) {
    const { bytes, meter } = prepareModule(wasm, { ...AMPLE_LIMITS, importCosts: IMPORT_COSTS });
    cell.addImage({ id, wasm: bytes, meter });
  }
  for (const [slot, id] of ['source', 'first', 'second'].entries())
    cell.install(moduleSpec(slot, id, slot === 0 ? 0 : 1));
  const route = (index: number, from: string, to: string, input: string) => ({
    index,
    name: `${from} to ${to}`,
    text: `FROM /messages/modules/${from}/outputs/* INTO BrokeredEndpoint("/modules/${to}/inputs/${input}")`,
    priority: 0,
  });
  cell.setRoutes([route(0, 'source', 'first', 'input'), route(1, 'first', 'second', 'input')]);
  for (const slot of [0, 1, 2]) cell.start(slot);
  const hopsSoFar = () => {
    const routes = cell.status().routes;
    return routes.reduce((sum, { matched, dropped }) => sum + matched - dropped, 0);
  };
  return (ms) => {
    const before = hopsSoFar();
    const began = performance.now();
    while (performance.now() - began < ms) cell.turn();
    return ((hopsSoFar() - before) / (performance.now() - began)) * 1000;
  };
}

/** The same module called with the same frame, copied in, and its emitted body copied out: nothing else. */
function createBareCall(): (ms: number) => number {
  const outgoing = new Uint8Array(65_536);
  let memory = new Uint8Array();
  const noop = (): number => 0;
  const emit = (
    _output: number,
    _flags: number,
    _at: number,
    _bytes: number,
    body: number,
    bodyBytes: number,
  ): number => {
    outgoing.set(memory.subarray(body, body + bodyBytes));
    return 0;
  };
  const compiled = new WebAssembly.Module(readFileSync(FORWARD));
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    imports[module] ??= {};
    imports[module][name] = name === 'emit' ? emit : noop;
  }
  const { exports } = new WebAssembly.Instance(compiled, imports);
  const handle = exports['gatehouse_handle'] as (pointer: number, length: number) => number;
  (exports['_initialize'] as (() => void) | undefined)?.();
  const inbox = (exports['gatehouse_alloc'] as (length: number) => number)(1024);
  memory = new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer);
  const stamps = { time: 1, monotonic: 1, emitted: 1, sequence: 1, source: 0, input: 0, hops: 1, isJson: false };
  const frame = encodeMessage({ ...stamps, properties: [], body: new Uint8Array(BODY_BYTES) });
  return (ms) => {
    let calls = 0;
    const began = performance.now();
    while (performance.now() - began < ms) {
      for (let batch = 0; batch < 1000; batch++, calls++) {
        memory.set(frame, inbox);
        handle(inbox, frame.byteLength);
      }
    }
    return (calls / (performance.now() - began)) * 1000;
  };
}

function moduleSpec(slot: number, id: string, image: number): CellModuleSpec {
  return {
    slot,
    id,
    deviceId: 'gateway',
    image,
    limits: AMPLE_LIMITS,
    inputs: { input: { bytes: 262_144, policy: 'wait' } },
    environment: {},
    polls: {},
    restartPolicy: 'always',
    restartSchedule: 'gatehouse',
    desired: new TextEncoder().encode('{}'),
    desiredVersion: 1,
  };
}
