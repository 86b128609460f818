import type { CellNotice, ModuleState } from '../bridge/frames.ts';
import type { CellModuleSpec } from '../cell/module-slot.ts';
import type { ModuleStatus } from '../cell/status.ts';
import type { LoadedModule } from '../check/index.ts';
import type { JsonObject } from '../json/index.ts';
import type { ModuleSpec } from '../manifest/index.ts';
import { ModuleTrace } from '../trace/index.ts';
import { mergePatch } from '../twin/patch.ts';

/** A module as the main thread knows it: what it is to be, and what the cell last said of it. */
export class GatewayModule {
  readonly spec: ModuleSpec;
  readonly cellSpec: CellModuleSpec;
  state: ModuleState = 'stopped';
  instance = 0;
  /** Failures since it last ran well. */
  restarts = 0;
  /** When it is tried again, by `performance.now()`; undefined when no attempt is planned. */
  retryAt: number | undefined;
  /** Times that it has brought its cell down. */
  hits = 0;
  /** What its cell last said of it. */
  lastStatus: ModuleStatus | undefined;
  desired: JsonObject;
  desiredVersion = 1;
  reported: JsonObject = {};
  readonly outputs: string[] = [];
  readonly #trace: ModuleTrace;
  readonly #methods: readonly string[] | undefined;

  constructor(loaded: LoadedModule, cellSpec: CellModuleSpec) {
    this.spec = loaded.spec;
    this.cellSpec = cellSpec;
    this.desired = loaded.spec.desired;
    this.#trace = new ModuleTrace(loaded.image.trace);
    this.#methods = loaded.manifest?.methods;
  }

  /** Whether the module's description has the direct method, or does not close the list [ABI-8.2]. */
  mayHave(method: string): boolean {
    return this.#methods?.includes(method) ?? true;
  }

  get slot(): number {
    return this.cellSpec.slot;
  }

  /** A change of state as a person reads it: with the place of a trap in its text. */
  located(notice: CellNotice & { kind: 'state' }): CellNotice & { kind: 'state' } {
    const { frames, ...rest } = notice;
    const place = frames === undefined ? '' : this.#trace.describe(frames);
    return place === '' ? rest : { ...rest, text: `${rest.text ?? ''} in ${place}` };
  }

  noteState(notice: CellNotice & { kind: 'state' }): void {
    this.state = notice.state;
    this.instance = notice.instance;
    this.restarts = notice.restarts;
    this.retryAt = notice.retryInMs === undefined ? undefined : performance.now() + notice.retryInMs;
  }

  /** What the cell must know to install it as it is to be now. */
  get currentSpec(): CellModuleSpec {
    const { desired, desiredVersion, reported } = this;
    return { ...this.cellSpec, desired: new TextEncoder().encode(JSON.stringify(desired)), desiredVersion, reported };
  }

  /** Merges a desired patch if `send`, told of the section as a whole and its version, could hand it over. */
  patchDesired(patch: JsonObject, send: (complete: JsonObject, version: number) => boolean): boolean {
    const complete = mergePatch(this.desired, patch);
    if (!send(complete, this.desiredVersion + 1)) return false;
    this.desired = complete;
    this.desiredVersion++;
    return true;
  }
}
