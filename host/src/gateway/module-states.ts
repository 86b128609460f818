import type { CellNotice } from '../bridge/frames.ts';
import type { Driver, DriverName } from '../drivers/index.ts';
import type { ErrorCode } from '../errors.ts';
import type { GatewayModule } from './gateway-module.ts';
import { LEVEL, type Log } from './log.ts';
import type { MethodCalls } from './method-calls.ts';

export type StateNotice = CellNotice & { readonly kind: 'state' };

export interface ModuleStatesOptions {
  readonly drivers: ReadonlyMap<DriverName, Driver>;
  readonly calls: MethodCalls;
  readonly log: Log;
  readonly onState: ((module: string, notice: StateNotice) => void) | undefined;
}

/** Does what follows from a change of a module's state: who calls it hears of it, and drivers act in its place. */
export class ModuleStates {
  readonly #options: ModuleStatesOptions;

  constructor(options: ModuleStatesOptions) {
    this.#options = options;
  }

  /** Takes a change and says so in the log. */
  take(module: GatewayModule, notice: StateNotice): void {
    this.takeQuietly(module, notice);
    this.#logState(module.spec.id, notice);
  }

  /** Takes one of many changes that have one cause, which is in the log already. */
  takeQuietly(module: GatewayModule, notice: StateNotice): void {
    module.noteState(notice);
    const { id, grants } = module.spec;
    const isDown = notice.state === 'failed' || notice.state === 'poisoned';
    if (isDown) this.#options.calls.failModule(id);
    for (const [name, driver] of this.#options.drivers) {
      if (grants[name] === undefined) continue;
      if (notice.state === 'running') driver.moduleStarted(id, grants);
      if (notice.state === 'stopped') driver.moduleStopped(id);
      if (isDown) driver.moduleDown(id, grants);
    }
    this.#options.onState?.(id, notice);
  }

  #logState(module: string, { state, code, text, retryInMs }: StateNotice): void {
    const { log } = this.#options;
    if (state !== 'failed' && state !== 'poisoned') {
      if (state !== 'starting') log({ level: LEVEL.info, module, text: `module is ${state}` });
      return;
    }
    const retry =
      state === 'poisoned'
        ? 'it is not started again until the deployment changes'
        : retryInMs === undefined
          ? 'it will not be started again'
          : `next start in ${retryInMs / 1000} s`;
    log({
      level: LEVEL.error,
      module,
      ...(code === undefined ? {} : { code: code as ErrorCode }),
      text: `module ${state === 'poisoned' ? 'is poisoned' : 'failed'}: ${text ?? 'no reason given'}; ${retry}`,
    });
  }
}
