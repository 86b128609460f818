export { checkDeployment, formatProblems, type Loaded, type LoadResult, loadDeployment } from './check/index.ts';
export { ERRORS, type ErrorCode, GatehouseError, type Problem } from './errors.ts';
export { Gateway, type GatewayOptions } from './gateway/gateway.ts';
export type { GatewayStatus } from './gateway/status.ts';
export { inspectModule, type ModuleFacts, prepareModule } from './sandbox/index.ts';
