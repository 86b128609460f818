import { freemem, totalmem, uptime } from 'node:os';
import type { GatewayConfig } from '../configuration/index.ts';
import { METRICS, METRICS_TYPE, type MetricsFacts, renderMetrics } from '../metrics/index.ts';
import type { Page } from '../reports/report-server.ts';
import type { AgentTwin } from './agent-twin.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { GatewaySecurity } from './gateway-security.ts';
import type { KnownStatus } from './known-status.ts';

export interface GatewayMetricsOptions {
  readonly gateway: GatewayConfig;
  /** The boot epoch: counters begin at 0 with each. */
  readonly epoch: string;
  readonly modules: readonly GatewayModule[];
  readonly agent: AgentTwin;
  readonly security: GatewaySecurity;
  readonly known: KnownStatus;
}

/** Gathers what `/metrics` serves. */
export class GatewayMetrics {
  readonly #options: GatewayMetricsOptions;

  constructor(options: GatewayMetricsOptions) {
    this.#options = options;
  }

  async page(): Promise<Page> {
    return { status: 200, type: METRICS_TYPE, text: await this.text() };
  }

  async text(): Promise<string> {
    const { gateway, epoch, known } = this.#options;
    await known.refresh();
    const common = { iothub: gateway.uplink?.hostName ?? '', edge_device: gateway.deviceId, instance_number: epoch };
    return renderMetrics(METRICS, this.#facts(), common);
  }

  #facts(): MetricsFacts {
    const { gateway, agent, security, known } = this.#options;
    const specs = new Map(this.#options.modules.map(({ spec }) => [spec.id, spec]));
    const { modules = [], routes = [], uplink, devices = {} } = known.last ?? {};
    return {
      deviceId: gateway.deviceId,
      uptimeSeconds: process.uptime(),
      rssBytes: process.memoryUsage.rss(),
      ageSeconds: known.ageSeconds,
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
