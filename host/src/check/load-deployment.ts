import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readGateway } from '../configuration/decode-gateway.ts';
import type { GatewayConfig } from '../configuration/gateway.ts';
import type { MergedDevices } from '../devices/index.ts';
import type { Problem } from '../errors.ts';
import type { ProblemAt, ProblemLog } from '../json/index.ts';
import { readDeployment } from '../manifest/decode-deployment.ts';
import type { Deployment } from '../manifest/deployment.ts';
import type { RememberedVersions } from '../signature/index.ts';
import { checkGatewayFiles } from './check-gateway-files.ts';
import { checkGrantConflicts, checkGrants, type GatewayFile } from './check-grants.ts';
import { checkGraph } from './check-graph.ts';
import { type CheckedModule, checkModule, type LoadedModule } from './check-module.ts';
import { checkRoutes, compileRoutes, type LoadedRoute } from './check-routes.ts';
import { refuseRollbacks } from './check-versions.ts';
import { joinDevices } from './join-devices.ts';
import { listedModules } from './listed-modules.ts';
import { ModuleFiles } from './module-files.ts';
import { openTrust, type Trust } from './open-trust.ts';
import { readTextFile } from './read-text-file.ts';

/** What is to run, when nothing concerns the files as a whole. */
export interface Loaded {
  readonly deployment: Deployment;
  /** Its devices and lines are those of both files. */
  readonly gateway: GatewayConfig;
  /** Which file each device is from. */
  readonly deviceSources: MergedDevices['sources']['devices'];
  /** Modules without an error of their own, in the order of the file, stopped ones too. */
  readonly modules: readonly LoadedModule[];
  readonly routes: readonly LoadedRoute[];
  /** Ids of modules that run without a valid signature because `allowUnsigned` is set. */
  readonly unsigned: readonly string[];
  /** Takes the versions of what is run; absent without a state folder. */
  readonly remembered?: RememberedVersions;
}

export interface LoadResult {
  /** Absent: nothing may start. */
  readonly loaded?: Loaded;
  /** Everything found, of both files. A problem with a `module` keeps only that module from starting. */
  readonly problems: readonly Problem[];
}

/** The configuration of a gateway that has no file: no hub and no devices. */
const WITHOUT_FILE: GatewayConfig = { deviceId: 'gateway', devices: {}, allowUnsigned: false };

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
  const gatewayProblems = () => [...gateway.problems, ...(gateway.log?.problems ?? [])];
  if ('problem' in source) return { problems: [source.problem, ...gatewayProblems()] };
  const { value: deployment, log } = readDeployment(source.text, deploymentFile);
  if (deployment === undefined) return { problems: [...log.problems, ...gatewayProblems()] };
  const leaves = await joinDevices(deployment, gateway, log);
  const file = leaves?.file;
  checkGrantConflicts(deployment.modules, log);
  const modules = new Map<string, CheckedModule>();
  const files = new ModuleFiles();
  for (const spec of deployment.modules) {
    if (file !== undefined) checkGrants(spec, file, log);
    modules.set(spec.id, await checkModule(spec, files, log, gateway.trust));
  }
  const { remembered } = gateway.trust ?? {};
  if (remembered !== undefined) refuseRollbacks(deployment, modules, remembered, log);
  const routes = compileRoutes(deployment.routes, log);
  checkRoutes(routes, deployment, modules, log);
  checkGraph(routes, deployment, modules, log);
  const healthy = [...modules.values()]
    .flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded]))
    .filter(({ spec }) => gateway.log?.wrongModules.has(spec.id) !== true);
  const unsigned = healthy.filter(({ signedBy }) => signedBy.length === 0).map(({ spec }) => spec.id);
  if (gateway.trust?.allowUnsigned === true)
    gateway.log?.add(allowUnsignedWarning(unsigned, healthy.length === deployment.declared.length));
  const problems = [...log.problems, ...gatewayProblems()];
  if (log.fileIsWrong || leaves?.fits !== true) return { problems };
  const known = remembered === undefined ? {} : { remembered };
  const { file: met, sources: deviceSources } = leaves;
  return {
    loaded: { deployment, gateway: met.config, deviceSources, modules: healthy, routes, unsigned, ...known },
    problems,
  };
}

/** Said whenever it is set, also while every module is signed: the next one need not be. Of modules that were refused nothing is known. */
function allowUnsignedWarning(unsigned: readonly string[], isWhole: boolean): ProblemAt {
  const others = isWhole ? '; all of this deployment are signed' : '';
  const now = unsigned.length === 0 ? others : `; without one are ${listedModules(unsigned)}`;
  const message = `allowUnsigned is set: modules run without a valid signature of a trusted key${now}`;
  return { severity: 'warning', code: 'SIGNATURE_MISSING', path: 'allowUnsigned', message };
}

/** Everything that is wrong with a deployment and the gateway configuration it meets. */
export async function checkDeployment(deploymentFile: string, gatewayFile?: string): Promise<Problem[]> {
  return [...(await loadDeployment(deploymentFile, gatewayFile)).problems];
}

interface LoadedGateway {
  /** Absent if the file was named and could not be read, or is wrong. */
  readonly file?: GatewayFile;
  /** What decides which modules may run; absent if it is not known. */
  readonly trust?: Trust;
  /** Takes what is wrong with the file itself; absent if there is none to read. */
  readonly log?: ProblemLog;
  /** What is wrong with other files that the gateway names. */
  readonly problems: readonly Problem[];
}

async function loadGateway(named: string | undefined, beside: string): Promise<LoadedGateway> {
  const file = named ?? beside;
  if (named === undefined && !(await exists(beside))) {
    const trust = { allowUnsigned: false, keys: [] };
    return { file: { config: WITHOUT_FILE, file, exists: false }, trust, problems: [] };
  }
  const source = await readTextFile(file, 'a gateway configuration');
  if ('problem' in source) return { problems: [source.problem] };
  const { value: config, log } = readGateway(source.text, file);
  if (config === undefined) return { log, problems: [] };
  await checkGatewayFiles(config, log);
  return { file: { config, file, exists: true }, log, ...(await openTrust(config, log)) };
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
