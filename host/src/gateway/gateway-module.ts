import type { CellNotice, ModuleState } from '../bridge/frames.ts';
import type { CellModuleSpec } from '../cell/module-slot.ts';
import type { LoadedModule } from '../check/index.ts';
import type { JsonObject } from '../json/index.ts';
import type { ModuleSpec } from '../manifest/index.ts';
import { mergePatch } from '../twin/patch.ts';

/** A module as the main thread knows it: what it is to be, and what the cell last said of it. */
export class GatewayModule {
  readonly spec: ModuleSpec;
  readonly cellSpec: CellModuleSpec;
  state: ModuleState = 'stopped';
  instance = 0;
  desired: JsonObject;
  desiredVersion = 1;
  reported: JsonObject = {};
  readonly outputs: string[] = [];
  readonly #methods: readonly string[] | undefined;

  constructor(loaded: LoadedModule, cellSpec: CellModuleSpec) {
    this.spec = loaded.spec;
    this.cellSpec = cellSpec;
    this.desired = loaded.spec.desired;
    this.#methods = loaded.manifest?.methods;
  }

  /** Whether the module's description has the direct method, or does not close the list [ABI-8.2]. */
  mayHave(method: string): boolean {
    return this.#methods?.includes(method) ?? true;
  }

  get slot(): number {
    return this.cellSpec.slot;
  }

  noteState(notice: CellNotice & { kind: 'state' }): void {
    this.state = notice.state;
    this.instance = notice.instance;
  }

  /** Merges a desired patch; returns the section as a whole. */
  patchDesired(patch: JsonObject): JsonObject {
    this.desired = mergePatch(this.desired, patch);
    this.desiredVersion++;
    return this.desired;
  }
}
