import { type CellNotice, DRIVERS, TO_HOST, unpackOrigin } from '../bridge/frames.ts';
import { sharedMonotonic } from '../cell/clock.ts';
import type { Loaded } from '../check/index.ts';
import type { Driver } from '../drivers/driver.ts';
import type { ErrorCode } from '../errors.ts';
import type { JsonObject } from '../json/index.ts';
import { mergePatch } from '../twin/patch.ts';
import type { Uplink } from '../uplink/index.ts';
import type { CellFrame } from './cell-thread.ts';
import type { GatewayModule } from './gateway-module.ts';
import { LEVEL, type Log, type LogLevel } from './log.ts';
import type { MethodCalls } from './method-calls.ts';
import { toUpstreamMessage, upstreamContext } from './upstream-record.ts';

export interface CellFramesOptions {
  readonly loaded: Loaded;
  /** By slot. */
  readonly modules: readonly GatewayModule[];
  readonly calls: MethodCalls;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly uplink: Uplink | undefined;
  readonly log: Log;
  /** The boot epoch: part of every message id. */
  readonly epoch: string;
  /** Hands the answer of a device to the cell that asked. */
  readonly answer: (slot: number, instance: number, request: number, status: number, payload: Uint8Array) => void;
  /** A module is down, and the host may have to act in its place. */
  readonly onDown: (module: GatewayModule) => void;
  readonly onState: ((module: string, notice: CellNotice & { kind: 'state' }) => void) | undefined;
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
    const driver = this.#options.drivers.get(DRIVERS[index] as string);
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
        });
        return;
      case 'state':
        this.#takeState(module, notice);
        return;
      default:
        notice satisfies never;
    }
  }

  #takeState(module: GatewayModule, notice: CellNotice & { kind: 'state' }): void {
    module.noteState(notice);
    const grants = module.spec.grants.modbus;
    for (const driver of grants === undefined ? [] : this.#options.drivers.values()) {
      if (notice.state === 'running') driver.moduleStarted(module.spec.id, grants ?? []);
      if (notice.state === 'stopped') driver.moduleStopped(module.spec.id);
    }
    if (notice.state === 'failed') this.#options.onDown(module);
    this.#logState(module.spec.id, notice);
    this.#options.onState?.(module.spec.id, notice);
  }

  #logState(module: string, { state, code, text, retryInMs }: CellNotice & { kind: 'state' }): void {
    if (state !== 'failed') {
      if (state !== 'starting') this.#options.log({ level: LEVEL.info, module, text: `module is ${state}` });
      return;
    }
    const retry = retryInMs === undefined ? 'it will not be started again' : `next start in ${retryInMs / 1000} s`;
    this.#options.log({
      level: LEVEL.error,
      module,
      ...(code === undefined ? {} : { code: code as ErrorCode }),
      text: `module failed: ${text ?? 'no reason given'}; ${retry}`,
    });
  }
}

/** The payload of a frame as text; a copy, because the decoder does not take shared memory. */
function textOf(frame: CellFrame): string {
  return new TextDecoder().decode(frame.payload.slice());
}
