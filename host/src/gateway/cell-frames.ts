import { type CellNotice, TO_HOST, unpackOrigin } from '../bridge/frames.ts';
import type { Loaded } from '../check/index.ts';
import { DRIVERS, type Driver, type DriverName } from '../drivers/index.ts';
import type { ErrorCode } from '../errors.ts';
import type { JsonObject } from '../json/index.ts';
import { sharedMonotonic } from '../time/shared-monotonic.ts';
import { mergePatch } from '../twin/patch.ts';
import type { Uplink } from '../uplink/index.ts';
import type { CellFrame } from './cell-thread.ts';
import type { GatewayModule } from './gateway-module.ts';
import { LEVEL, type Log, type LogLevel } from './log.ts';
import type { MethodCalls } from './method-calls.ts';
import type { ModuleStates } from './module-states.ts';
import { toUpstreamMessage, upstreamContext } from './upstream-record.ts';

export interface CellFramesOptions {
  readonly loaded: Loaded;
  /** By slot. */
  readonly modules: readonly GatewayModule[];
  readonly calls: MethodCalls;
  readonly drivers: ReadonlyMap<DriverName, Driver>;
  readonly uplink: Uplink | undefined;
  readonly log: Log;
  /** The boot epoch: part of every message id. */
  readonly epoch: string;
  /** Hands the answer of a device to the cell that asked. */
  readonly answer: (slot: number, instance: number, request: number, status: number, payload: Uint8Array) => void;
  readonly states: ModuleStates;
  /** Hands a message of a module on to other cells. */
  readonly cross: (module: GatewayModule, output: string, frame: CellFrame) => void;
}

/** Does on the main thread what one cell sends: effects of events, states of modules, log lines. */
export class CellFrames {
  readonly #options: CellFramesOptions;

  constructor(options: CellFramesOptions) {
    this.#options = options;
  }

  /** Handles a frame; its payload is valid only during the call. */
  take(frame: CellFrame): void {
    const { calls, log, modules } = this.#options;
    const module = modules[frame.slot];
    if (module === undefined) return;
    switch (frame.type) {
      case TO_HOST.upstream:
        this.#takeUpstream(module, frame);
        return;
      case TO_HOST.message:
        this.#options.cross(module, module.outputs[frame.a] ?? '', frame);
        return;
      case TO_HOST.request:
        this.#takeRequest(module, frame);
        return;
      case TO_HOST.report:
        module.reported = mergePatch(module.reported, JSON.parse(textOf(frame)) as JsonObject);
        return;
      case TO_HOST.respond:
        calls.respond(frame.a, frame.b, textOf(frame));
        return;
      case TO_HOST.notice:
        this.#takeNotice(module, JSON.parse(textOf(frame)) as CellNotice);
        return;
      case TO_HOST.log:
        log({ level: frame.a as LogLevel, module: module.spec.id, text: textOf(frame) });
        return;
    }
  }

  #takeUpstream(module: GatewayModule, frame: CellFrame): void {
    const { uplink, loaded, epoch } = this.#options;
    const output = module.outputs[frame.b];
    if (uplink === undefined || output === undefined) return;
    const message = toUpstreamMessage(frame.payload.slice(), upstreamContext(loaded, frame.a, output, epoch));
    uplink.send({ deviceId: loaded.gateway.deviceId, moduleId: module.spec.id }, message);
  }

  #takeRequest(module: GatewayModule, { a: instance, b: request, c: origin, payload }: CellFrame): void {
    const { driver: index, ageMs } = unpackOrigin(origin, sharedMonotonic());
    const driver = this.#options.drivers.get(DRIVERS[index] as DriverName);
    const answer = (status: number, detail: number, bytes: Uint8Array): void => {
      const frame = new Uint8Array(4 + bytes.byteLength);
      new DataView(frame.buffer).setInt32(0, detail, true);
      frame.set(bytes, 4);
      this.#options.answer(module.slot, instance, request, status, frame);
    };
    driver?.request({ module: module.spec.id, instance, request, ageMs, answer }, payload.slice());
  }

  #takeNotice(module: GatewayModule, notice: CellNotice): void {
    switch (notice.kind) {
      case 'output':
        module.outputs[notice.output] = notice.name;
        return;
      case 'event':
        this.#options.log({
          level: LEVEL.warning,
          module: module.spec.id,
          code: notice.code as ErrorCode,
          text: notice.text,
          ...(notice.count === undefined ? {} : { count: notice.count }),
        });
        return;
      case 'state':
        this.#options.states.take(module, module.located(notice));
        return;
      default:
        notice satisfies never;
    }
  }
}

/** The payload of a frame as text; a copy, because the decoder does not take shared memory. */
function textOf(frame: CellFrame): string {
  return new TextDecoder().decode(frame.payload.slice());
}
