import type { CellNotice } from '../../host/src/bridge/frames.ts';
import { loadDeployment } from '../../host/src/check/index.ts';
import type { Problem } from '../../host/src/errors.ts';
import type { WatchOptions } from '../../host/src/gateway/cells.ts';
import { type Beat, Gateway } from '../../host/src/gateway/gateway.ts';
import type { LogEntry } from '../../host/src/gateway/log.ts';
import { type TestDeployment, writeDeployment } from './deployment.ts';
import { until } from './until.ts';

type State = CellNotice & { kind: 'state' };

/** A gateway in the test's process, with everything it said. */
export class TestGateway {
  readonly gateway: Gateway;
  readonly problems: readonly Problem[];
  readonly logs: readonly LogEntry[];
  readonly states: readonly (State & { module: string })[];
  readonly #files: TestDeployment;

  private constructor(
    gateway: Gateway,
    parts: Pick<TestGateway, 'problems' | 'logs' | 'states'>,
    files: TestDeployment,
  ) {
    this.gateway = gateway;
    this.problems = parts.problems;
    this.logs = parts.logs;
    this.states = parts.states;
    this.#files = files;
  }

  static async open(
    parts: Parameters<typeof writeDeployment>[0] & {
      readonly onLog?: (entry: LogEntry) => void;
      readonly watch?: WatchOptions;
      readonly onBeat?: (beat: Beat) => void;
      readonly beatEveryMs?: number;
    },
  ): Promise<TestGateway> {
    const files = writeDeployment(parts);
    const { loaded, problems } = await loadDeployment(files.deployment, files.gateway);
    if (loaded === undefined) throw new Error(`nothing can start: ${JSON.stringify(problems)}`);
    const logs: LogEntry[] = [];
    const states: (State & { module: string })[] = [];
    const gateway = await Gateway.open({
      loaded,
      problems,
      log: parts.onLog ?? ((entry) => logs.push(entry)),
      ...(parts.watch === undefined ? {} : { watch: parts.watch }),
      ...(parts.onBeat === undefined ? {} : { onBeat: parts.onBeat }),
      ...(parts.beatEveryMs === undefined ? {} : { beatEveryMs: parts.beatEveryMs }),
      onState: (module, notice) => states.push({ module, ...notice }),
    });
    return new TestGateway(gateway, { problems, logs, states }, files);
  }

  /** Where deployment and configuration lie. */
  get folder(): string {
    return this.#files.folder;
  }

  /** Waits until a module is in a state. */
  reaches(module: string, state: State['state'], timeoutMs?: number): Promise<State> {
    const current = () => {
      const last = this.states.filter((notice) => notice.module === module).at(-1);
      return last?.state === state ? last : undefined;
    };
    return until(`${module} to be ${state}`, current, timeoutMs);
  }

  async close(): Promise<void> {
    await this.gateway.close();
    this.#files.remove();
  }
}
