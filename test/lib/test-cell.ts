import { IMPORT_COSTS } from '../../host/src/abi/import-costs.ts';
import type { CrossingInput } from '../../host/src/bridge/crossing-input.ts';
import { type CellNotice, INBOUND, TO_CELL, TO_HOST } from '../../host/src/bridge/frames.ts';
import { SharedRing } from '../../host/src/bridge/shared-ring.ts';
import { Cell } from '../../host/src/cell/cell.ts';
import type { MeterNames } from '../../host/src/cell/cell-image.ts';
import type { CellModuleSpec } from '../../host/src/cell/module-slot.ts';
import type { CellFlow } from '../../host/src/cell/router.ts';
import type { ModbusFacts } from '../../host/src/drivers/modbus/guard.ts';
import { GatehouseError } from '../../host/src/errors.ts';
import { MODULE_LIMITS, type ModuleLimitName, type ModuleLimits } from '../../host/src/limits.ts';
import type { Grants } from '../../host/src/manifest/grants.ts';
import { prepareModule } from '../../host/src/sandbox/index.ts';
import { compileWat } from './wat.ts';

/** A frame that the cell sent to the host, copied out of its ring. */
export interface SentFrame {
  readonly type: number;
  readonly slot: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly payload: Uint8Array;
}

export const DEFAULT_LIMITS: ModuleLimits = Object.fromEntries(
  Object.entries(MODULE_LIMITS).map(([name, limit]) => [name, limit.default]),
) as Record<ModuleLimitName, number>;

/** What a test says of a module; grants by capability, with the polls of the devices. */
interface TestModule extends Partial<Omit<CellModuleSpec, 'grants' | 'facts'>>, Grants {
  readonly polls?: ModbusFacts;
}

/** A cell on the test's own thread and clock, with modules given in text form. */
export class TestCell {
  readonly toHost = SharedRing.create(1_048_576);
  readonly notices = SharedRing.create(262_144);
  readonly fromHost = SharedRing.create(262_144);
  readonly inbound = SharedRing.create(262_144);
  readonly cell: Cell;
  time = 1_000_000;
  monotonic = 5_000;
  wakes = 0;
  /** What the host has asked for, which the cell has not yet looked at. */
  control: () => void = () => {};
  /** By how many milliseconds the monotonic clock moves on each time it is looked at. */
  clockStepMs = 0;
  /** Effects that the cell sent, in order, as far as `collect` has taken them. */
  readonly effects: SentFrame[] = [];
  #slots = 0;

  /** @param flow how it takes part in what inputs of several cells have room for */
  constructor(flow?: CellFlow) {
    this.cell = new Cell({
      toHost: this.toHost,
      notices: this.notices,
      fromHost: this.fromHost,
      inbound: this.inbound,
      ...(flow === undefined ? {} : { flow }),
      clock: { now: () => this.time, monotonic: () => (this.monotonic += this.clockStepMs) },
      takeControl: () => this.control(),
      wakeHost: () => {
        this.wakes++;
      },
    });
  }

  /**
   * Installs a module with an image of its own, metered as by the host, and returns its slot. `wat` is text, or bytes of a compiled
   * module.
   */
  install(
    id: string,
    wat: string | Uint8Array,
    { kv, modbus, serial, ble, polls = {}, ...spec }: TestModule = {},
  ): number {
    const slot = this.#slots++;
    const wasm = typeof wat === 'string' ? compileWat(wat) : wat;
    this.cell.addImage({ id: slot, ...prepared(wasm, spec.limits ?? DEFAULT_LIMITS) });
    this.cell.install({
      slot,
      id,
      deviceId: 'gateway',
      image: slot,
      limits: DEFAULT_LIMITS,
      inputs: {},
      environment: {},
      grants: {
        ...(kv === undefined ? {} : { kv }),
        ...(modbus === undefined ? {} : { modbus }),
        ...(serial === undefined ? {} : { serial }),
        ...(ble === undefined ? {} : { ble }),
      },
      facts: {
        modbus: polls,
        serial: serial?.map(({ device }) => device) ?? [],
        ble: Object.fromEntries((ble ?? []).map(({ device }) => [device, 'ble-scan'])),
      },
      restartPolicy: 'always',
      restartSchedule: 'gatehouse',
      desired: new TextEncoder().encode('{}'),
      desiredVersion: 1,
      ...spec,
    });
    return slot;
  }

  routes(...texts: string[]): void {
    this.cell.setRoutes(texts.map((text, index) => ({ index, name: `r${index}`, text, priority: index })));
  }

  /** Routes of which some lead to inputs of other cells, or to inputs that other cells send to. */
  routesAcross(crossings: readonly CrossingInput[], ...texts: string[]): void {
    const routes = texts.map((text, index) => ({ index, name: `r${index}`, text, priority: index }));
    this.cell.setRoutes(routes, crossings);
  }

  /** A message frame arrives from outside by a route, from a source that was named before. */
  arrive(slot: number, route: number, source: number, message: Uint8Array): void {
    this.inbound.write(INBOUND.message, slot, route, source, 0, message);
    this.inbound.commit();
  }

  /** Moves both clocks and lets the cell work until it is idle. */
  advance(ms: number): void {
    this.time += ms;
    this.monotonic += ms;
    this.settle();
  }

  /** Lets the cell work until it has nothing to do now. */
  settle(): void {
    for (let turns = 0; this.cell.turn() === 0; turns++)
      if (turns > 100_000) throw new Error('the cell never comes to rest');
  }

  /** Sends a method call, so that a module has something to handle. */
  call(slot: number, call: number, name: string, payload = ''): void {
    const encoder = new TextEncoder();
    const nameBytes = encoder.encode(name);
    this.fromHost.write(TO_CELL.method, slot, call, nameBytes.byteLength, 0, encoder.encode(name + payload));
    this.fromHost.commit();
  }

  answer(
    slot: number,
    instance: number,
    request: number,
    status: number,
    detail = 0,
    payload = new Uint8Array(),
  ): void {
    const bytes = new Uint8Array(4 + payload.byteLength);
    new DataView(bytes.buffer).setInt32(0, detail, true);
    bytes.set(payload, 4);
    this.fromHost.write(TO_CELL.answer, slot, instance, request, status, bytes);
    this.fromHost.commit();
  }

  /** Takes what is in the ring of effects. */
  collect(): void {
    this.effects.push(...takeAll(this.toHost));
  }

  /** Effects of a type since the last call of this, oldest first. */
  takeEffects(type?: number): SentFrame[] {
    this.collect();
    const taken = this.effects.splice(0);
    return type === undefined ? taken : taken.filter((frame) => frame.type === type);
  }

  /** Notices of the cell with the slot they are about. */
  takeNotices(): (CellNotice & { slot: number })[] {
    return takeAll(this.notices)
      .filter(({ type }) => type === TO_HOST.notice)
      .map(({ slot, payload }) => ({ slot, ...(JSON.parse(new TextDecoder().decode(payload)) as CellNotice) }));
  }

  takeLogs(): string[] {
    return takeAll(this.notices)
      .filter(({ type }) => type === TO_HOST.log)
      .map(({ payload }) => new TextDecoder().decode(payload));
  }

  counters(id: string) {
    const found = this.cell.status().modules.find((module) => module.id === id);
    if (found === undefined) throw new Error(`no module ${id}`);
    return found.counters;
  }

  state(id: string): string {
    return this.cell.status().modules.find((module) => module.id === id)?.state ?? 'absent';
  }
}

/** What no sandbox would take is given to the cell as it is: it must withstand that too. */
function prepared(wasm: Uint8Array, limits: ModuleLimits): { wasm: Uint8Array; meter?: MeterNames } {
  try {
    const { bytes, meter } = prepareModule(wasm, { ...limits, importCosts: IMPORT_COSTS });
    return { wasm: bytes, meter };
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code === 'INTERNAL') throw error;
    return { wasm };
  }
}

function takeAll(ring: SharedRing): SentFrame[] {
  const frames: SentFrame[] = [];
  for (let at = ring.take(); at >= 0; at = ring.take()) {
    const word = at >> 2;
    const head = ring.words[word + 1] as number;
    frames.push({
      type: head & 0xffff,
      slot: head >>> 16,
      a: ring.words[word + 2] as number,
      b: ring.words[word + 3] as number,
      c: ring.words[word + 5] as number,
      payload: ring.payload(at).slice(),
    });
    ring.release();
  }
  return frames;
}
