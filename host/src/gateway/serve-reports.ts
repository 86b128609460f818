import type { MetricsConfig } from '../configuration/index.ts';
import { hostAndPort } from '../network/host-address.ts';
import { ReportServer } from '../reports/report-server.ts';
import type { GatewayHealth } from './gateway-health.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import { LEVEL, type Log } from './log.ts';

/** Serves metrics and health. An address that cannot be listened on is reported, and the gateway works without. */
export async function serveReports(
  config: MetricsConfig,
  { metrics, health, log }: { readonly metrics: GatewayMetrics; readonly health: GatewayHealth; readonly log: Log },
): Promise<ReportServer | undefined> {
  const at = (port: number): string => `http://${hostAndPort(config.host, port)}`;
  try {
    const server = await ReportServer.open(config, {
      '/metrics': () => metrics.page(),
      '/health': () => health.page(),
      '/health/live': () => health.livePage(),
      '/health/ready': () => health.readyPage(),
    });
    const text = `metrics are at ${at(server.port)}/metrics and health at ${at(server.port)}/health`;
    log({ level: LEVEL.info, text });
    return server;
  } catch (error) {
    const text = `metrics and health cannot be served at ${at(config.port)}: ${(error as Error).message}`;
    log({ level: LEVEL.error, code: 'METRICS_UNAVAILABLE', text });
    return undefined;
  }
}
