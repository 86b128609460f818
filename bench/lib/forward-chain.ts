import { readFileSync } from 'node:fs';
import { IMPORT_COSTS } from '../../host/src/abi/import-costs.ts';
import { SharedRing } from '../../host/src/bridge/shared-ring.ts';
import { Cell } from '../../host/src/cell/cell.ts';
import { systemClock } from '../../host/src/cell/clock.ts';
import type { CellModuleSpec } from '../../host/src/cell/module-slot.ts';
import { MODULE_LIMITS } from '../../host/src/limits.ts';
import { prepareModule } from '../../host/src/sandbox/index.ts';
import { DEFAULT_LIMITS } from '../../test/lib/test-cell.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../test/lib/wat.ts';

export const BODY_BYTES = 200;
/** The SDK's module that sends on what it gets. */
export const FORWARD = readFileSync(new URL('../../modules-as/build/forward.wasm', import.meta.url));
const SOURCE_NAME = 'source';

/** What went through a chain. */
export interface ChainWork {
  /** Messages from one module to the next. */
  readonly hops: number;
  /** Messages that reached the last module. */
  readonly messages: number;
}

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

/**
 * A cell on this thread with a source of messages of 200 bytes and `links` forwarding modules, one behind the other, metered as by the
 * host. The returned function runs it for some time.
 */
export function createForwardChain(links: number): (ms: number) => ChainWork {
  const ring = (): SharedRing => SharedRing.create(1 << 20);
  const cell = new Cell({
    toHost: ring(),
    notices: ring(),
    fromHost: ring(),
    clock: systemClock,
    wakeHost: () => undefined,
  });
  for (const [id, wasm] of [compileWat(SOURCE), FORWARD].entries()) {
    const { bytes, meter } = prepareModule(wasm, { ...AMPLE_LIMITS, importCosts: IMPORT_COSTS });
    cell.addImage({ id, wasm: bytes, meter });
  }
  const names = [SOURCE_NAME, ...Array.from({ length: links }, (_, index) => `forward-${index}`)];
  for (const [slot, name] of names.entries()) cell.install(moduleSpec(slot, name, slot === 0 ? 0 : 1));
  cell.setRoutes(names.slice(1).map((to, index) => route(index, names[index]!, to)));
  for (const slot of names.keys()) cell.start(slot);
  const delivered = () => cell.status().routes.map(({ matched, dropped }) => matched - dropped);
  return (ms) => {
    const before = delivered();
    const began = performance.now();
    while (performance.now() - began < ms) cell.turn();
    const counts = delivered().map((count, index) => count - before[index]!);
    return { hops: counts.reduce((sum, count) => sum + count, 0), messages: counts.at(-1)! };
  };
}

function route(index: number, from: string, to: string) {
  const text = `FROM /messages/modules/${from}/outputs/* INTO BrokeredEndpoint("/modules/${to}/inputs/input")`;
  return { index, name: `${from} to ${to}`, text, priority: 0 };
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
    grants: {},
    facts: {},
    restartPolicy: 'always',
    restartSchedule: 'gatehouse',
    desired: new TextEncoder().encode('{}'),
    desiredVersion: 1,
  };
}
