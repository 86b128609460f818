import { GATEHOUSE_METRICS } from './gatehouse-metrics.ts';
import { IOT_EDGE_METRICS } from './iot-edge-metrics.ts';

export { type Metric, renderMetrics } from './metric.ts';
export type { MetricsFacts } from './metrics-facts.ts';
export { MetricsServer } from './metrics-server.ts';

/** Every metric, in the order in which they are served. */
export const METRICS = [...IOT_EDGE_METRICS, ...GATEHOUSE_METRICS];
