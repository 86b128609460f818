import { freemem, totalmem, uptime } from 'node:os';
import type { GatewayConfig, MetricsConfig } from '../configuration/index.ts';
import { METRICS, type MetricsFacts, MetricsServer, renderMetrics } from '../metrics/index.ts';
import type { AgentTwin } from './agent-twin.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { GatewaySecurity } from './gateway-security.ts';
import { LEVEL } from './log.ts';
import type { GatewayStatus } from './status.ts';

/** How long a scrape waits for the threads of the modules; after that it gets what was known before. */
const STATUS_DEADLINE_MS = 1_000;

export interface GatewayMetricsOptions {
  readonly gateway: GatewayConfig;
  /** The boot epoch: counters begin at 0 with each. */
  readonly epoch: string;
  readonly modules: readonly GatewayModule[];
  readonly agent: AgentTwin;
  readonly security: GatewaySecurity;
  readonly status: () => Promise<GatewayStatus>;
}

/** Gathers what `/metrics` serves. A thread that does not answer makes figures old, and holds nobody up. */
export class GatewayMetrics {
  readonly #options: GatewayMetricsOptions;
  #known: GatewayStatus | undefined;
  #knownAt = 0;

  constructor(options: GatewayMetricsOptions) {
    this.#options = options;
  }

  /** Serves them. An address that cannot be listened on is reported, and the gateway works without. */
  async serve(config: MetricsConfig): Promise<MetricsServer | undefined> {
    const { log } = this.#options.security;
    const at = (port: number): string =>
      `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}/metrics`;
    try {
      const server = await MetricsServer.open(config, () => this.text());
      log({ level: LEVEL.info, text: `metrics are at ${at(server.port)}` });
      return server;
    } catch (error) {
      const text = `metrics cannot be served at ${at(config.port)}: ${(error as Error).message}`;
      log({ level: LEVEL.error, code: 'METRICS_UNAVAILABLE', text });
      return undefined;
    }
  }

  async text(): Promise<string> {
    await this.#refresh();
    const { gateway, epoch } = this.#options;
    const common = { iothub: gateway.uplink?.hostName ?? '', edge_device: gateway.deviceId, instance_number: epoch };
    return renderMetrics(METRICS, this.#facts(), common);
  }

  async #refresh(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STATUS_DEADLINE_MS);
    });
    const fresh = this.#options.status().then(
      (status) => {
        this.#known = status;
        this.#knownAt = performance.now();
      },
      () => {},
    );
    await Promise.race([fresh, deadline]);
    clearTimeout(timer);
  }

  #facts(): MetricsFacts {
    const { gateway, agent, security } = this.#options;
    const specs = new Map(this.#options.modules.map(({ spec }) => [spec.id, spec]));
    const { modules = [], routes = [], uplink, devices = {} } = this.#known ?? {};
    return {
      deviceId: gateway.deviceId,
      uptimeSeconds: process.uptime(),
      rssBytes: process.memoryUsage.rss(),
      ageSeconds: this.#known === undefined ? process.uptime() : (performance.now() - this.#knownAt) / 1000,
      host: { uptimeSeconds: uptime(), totalBytes: totalmem(), freeBytes: freemem() },
      modules: modules.map((module) => ({
        ...module,
        ...agent.figures(module.id),
        version: specs.get(module.id)?.version ?? '',
        isExpectedToRun: specs.get(module.id)?.status === 'running',
      })),
      ...{ routes, devices },
      ...(uplink === undefined ? {} : { uplink }),
      security: [...security.events.totals()],
      ...(security.file === undefined ? {} : { securityLog: security.file.status() }),
    };
  }
}
