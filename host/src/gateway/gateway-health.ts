import type { Loaded } from '../check/index.ts';
import type { Problem } from '../errors.ts';
import { DiskWatch, type Health, judgeHealth, type ModuleFacts, type Pulse } from '../health/index.ts';
import type { Page } from '../reports/report-server.ts';
import { hostVersion } from '../version.ts';
import type { AgentTwin } from './agent-twin.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { KnownStatus } from './known-status.ts';

const TYPE = 'application/json; charset=utf-8';

export interface GatewayHealthOptions {
  readonly loaded: Loaded;
  readonly problems: readonly Problem[];
  readonly modules: readonly GatewayModule[];
  readonly agent: AgentTwin;
  readonly known: KnownStatus;
  readonly pulse: Pulse;
  /** What drivers and uplink say at the moment. */
  readonly outside: () => {
    readonly uplink?: Readonly<Record<string, unknown>>;
    readonly devices: Readonly<Record<string, unknown>>;
  };
  readonly isStopping: () => boolean;
  readonly startedAt: number;
}

/** Gathers what `/health` serves and what a service manager is told. Nothing of it waits for a thread or a disk. */
export class GatewayHealth {
  readonly #options: GatewayHealthOptions;
  readonly #version = hostVersion();
  readonly #disk: DiskWatch | undefined;
  readonly #refused: readonly ModuleFacts[];

  constructor(options: GatewayHealthOptions) {
    const { loaded, problems, modules } = options;
    const { stateFolder } = loaded.gateway;
    this.#options = options;
    this.#disk = stateFolder === undefined ? undefined : new DiskWatch(stateFolder);
    this.#disk?.look();
    const fit = new Set(modules.map(({ spec }) => spec.id));
    this.#refused = loaded.deployment.declared.filter((id) => !fit.has(id)).map((id) => refusedModule(id, problems));
  }

  /** As far as the main thread knows; counters of modules are those of the last status. */
  now(): Health {
    const { loaded, modules, outside, pulse, startedAt, isStopping } = this.#options;
    const disk = this.#disk?.look();
    return judgeHealth({
      deviceId: loaded.gateway.deviceId,
      version: this.#version,
      phase: isStopping() ? 'stopping' : pulse.isStarted ? 'running' : 'starting',
      uptimeMs: performance.now() - startedAt,
      memoryBytes: process.memoryUsage.rss(),
      cells: pulse.silences(),
      modules: [...modules.map((module) => this.#moduleFacts(module)), ...this.#refused],
      ...outside(),
      time: Date.now(),
      ...(disk === undefined ? {} : { disk }),
    });
  }

  /** Everything; 503 when the gateway is not ready. */
  async page(): Promise<Page> {
    await this.#options.known.refresh();
    const health = this.now();
    return page(health.ready, health);
  }

  /** For who starts the process again when this fails: 503 when only that helps. */
  livePage(): Page {
    const { live, reasons } = this.now();
    return page(live, { status: live ? 'pass' : 'fail', reasons: live ? [] : reasons });
  }

  /** For who sends work here only while this is well. */
  readyPage(): Page {
    const { ready, reasons } = this.now();
    return page(ready, { status: ready ? 'pass' : 'fail', reasons: ready ? [] : reasons });
  }

  #moduleFacts({ spec, state, retryAt, lastStatus }: GatewayModule): ModuleFacts {
    const { code } = this.#options.agent.figures(spec.id);
    const pausedBy = state === 'running' ? lastStatus?.pausedBy : undefined;
    return {
      ...{ name: spec.id, state, isToRun: spec.status === 'running' },
      ...(pausedBy === undefined ? {} : { pausedBy }),
      ...(code === undefined ? {} : { code }),
      ...(retryAt === undefined ? {} : { retryInMs: Math.max(0, retryAt - performance.now()) }),
      ...{ restarts: lastStatus?.restarts ?? 0, events: lastStatus?.counters.events ?? 0 },
    };
  }
}

function refusedModule(name: string, problems: readonly Problem[]): ModuleFacts {
  const code = problems.find(({ severity, module }) => severity === 'error' && module === name)?.code;
  const facts = { name, state: 'refused', isToRun: true, restarts: 0, events: 0 };
  return code === undefined ? facts : { ...facts, code };
}

const page = (isWell: boolean, body: object): Page => ({
  status: isWell ? 200 : 503,
  type: TYPE,
  text: `${JSON.stringify(body)}\n`,
});
