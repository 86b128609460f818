import { GATEHOUSE_METRICS } from './gatehouse-metrics.ts';
import { IOT_EDGE_METRICS } from './iot-edge-metrics.ts';

export { METRICS_TYPE, type Metric, renderMetrics } from './metric.ts';
export type { MetricsFacts } from './metrics-facts.ts';

/** Every metric, in the order in which they are served. */
export const METRICS = [...IOT_EDGE_METRICS, ...GATEHOUSE_METRICS];
