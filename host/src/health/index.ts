export { askHealth, askHost } from './ask-host.ts';
export { type DiskSpace, DiskWatch } from './disk-space.ts';
export { findHost, gatewayFileHere } from './find-host.ts';
export { formatHealth } from './format-health.ts';
export type { HealthFacts, ModuleFacts } from './health-facts.ts';
export { type Health, type HealthStatus, healthShape } from './health-shape.ts';
export { judgeHealth } from './judge-health.ts';
export { BEAT_MS, Pulse, type PulsedCell } from './pulse.ts';
