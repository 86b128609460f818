import type { CellNotice, ModuleState } from '../bridge/frames.ts';
import type { CellModuleSpec } from '../cell/module-slot.ts';
import type { JsonObject } from '../json/index.ts';
import type { ModuleSpec } from '../manifest/index.ts';
import { mergePatch } from '../twin/patch.ts';

/** A module as the main thread knows it: what it is to be, and what the cell last said of it. */
export class GatewayModule {
  readonly spec: ModuleSpec;
  readonly cellSpec: CellModuleSpec;
  state: ModuleState = 'stopped';
  instance = 0;
  /** Whether an instance has run since the module was last down. */
  desired: JsonObject;
  desiredVersion = 1;
  reported: JsonObject = {};
  readonly outputs: string[] = [];

  constructor(spec: ModuleSpec, cellSpec: CellModuleSpec) {
    this.spec = spec;
    this.cellSpec = cellSpec;
    this.desired = spec.desired;
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
