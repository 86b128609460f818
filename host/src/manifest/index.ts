export { type DecodedDeployment, decodeDeployment } from './decode-deployment.ts';
export type {
  Deployment,
  InputSpec,
  ModuleSpec,
  QueuePolicy,
  RestartPolicy,
  RestartScheduleName,
  RouteSpec,
} from './deployment.ts';
export { CAPABILITIES, type Grants, type KvGrant } from './grants.ts';
