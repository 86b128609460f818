import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readGateway } from '../configuration/decode-gateway.ts';
import type { GatewayConfig } from '../configuration/gateway.ts';
import type { Problem } from '../errors.ts';
import { readDeployment } from '../manifest/decode-deployment.ts';
import type { Deployment } from '../manifest/deployment.ts';
import { checkGatewayFiles } from './check-gateway-files.ts';
import { checkGrants, type GatewayFile } from './check-grants.ts';
import { checkGraph } from './check-graph.ts';
import { type CheckedModule, checkModule, type LoadedModule } from './check-module.ts';
import { checkRoutes, compileRoutes, type LoadedRoute } from './check-routes.ts';
import { ModuleFiles } from './module-files.ts';
import { readTextFile } from './read-text-file.ts';

/** What is to run, when nothing concerns the files as a whole. */
export interface Loaded {
  readonly deployment: Deployment;
  readonly gateway: GatewayConfig;
  /** Modules without an error of their own, in the order of the file, stopped ones too. */
  readonly modules: readonly LoadedModule[];
  readonly routes: readonly LoadedRoute[];
}

export interface LoadResult {
  /** Absent: nothing may start. */
  readonly loaded?: Loaded;
  /** Everything found, of both files. A problem with a `module` keeps only that module from starting. */
  readonly problems: readonly Problem[];
}

/** The configuration of a gateway that has no file: no hub and no devices. */
const WITHOUT_FILE: GatewayConfig = { deviceId: 'gateway', devices: {} };

/**
 * Reads a deployment with all files that it names, and says everything that is wrong with it. Nothing of a module is run.
 *
 * @param gatewayFile without it, `gateway.json` beside the deployment is taken if there is one
 */
export async function loadDeployment(deploymentFile: string, gatewayFile?: string): Promise<LoadResult> {
  const [source, gateway] = await Promise.all([
    readTextFile(deploymentFile, 'a deployment manifest'),
    loadGateway(gatewayFile, join(dirname(deploymentFile), 'gateway.json')),
  ]);
  if ('problem' in source) return { problems: [source.problem, ...gateway.problems] };
  const { value: deployment, log } = readDeployment(source.text, deploymentFile);
  if (deployment === undefined) return { problems: [...log.problems, ...gateway.problems] };
  const modules = new Map<string, CheckedModule>();
  const files = new ModuleFiles();
  for (const spec of deployment.modules) {
    if (gateway.file !== undefined) checkGrants(spec, gateway.file, log);
    modules.set(spec.id, await checkModule(spec, files, log));
  }
  const routes = compileRoutes(deployment.routes, log);
  checkRoutes(routes, deployment, modules, log);
  checkGraph(routes, deployment, modules, log);
  const problems = [...log.problems, ...gateway.problems];
  if (log.fileIsWrong || gateway.file === undefined) return { problems };
  const healthy = [...modules.values()].flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded]));
  return { loaded: { deployment, gateway: gateway.file.config, modules: healthy, routes }, problems };
}

/** Everything that is wrong with a deployment and the gateway configuration it meets. */
export async function checkDeployment(deploymentFile: string, gatewayFile?: string): Promise<Problem[]> {
  return [...(await loadDeployment(deploymentFile, gatewayFile)).problems];
}

interface LoadedGateway {
  /** Absent if the file was named and could not be read, or is wrong. */
  readonly file?: GatewayFile;
  readonly problems: readonly Problem[];
}

async function loadGateway(named: string | undefined, beside: string): Promise<LoadedGateway> {
  const file = named ?? beside;
  if (named === undefined && !(await exists(beside))) {
    return { file: { config: WITHOUT_FILE, file, exists: false }, problems: [] };
  }
  const source = await readTextFile(file, 'a gateway configuration');
  if ('problem' in source) return { problems: [source.problem] };
  const { value: config, log } = readGateway(source.text, file);
  if (config?.uplink !== undefined) await checkGatewayFiles(config.uplink, log);
  return { ...(config === undefined ? {} : { file: { config, file, exists: true } }), problems: log.problems };
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
