import { dirname, resolve } from 'node:path';
import type { Problem } from '../errors.ts';
import { childPath, decodeFile, type JsonNode, type ProblemLog, quote, suggest } from '../json/index.ts';
import type { Deployment, ModuleSpec, RouteSpec } from './deployment.ts';
import { manifestShape, OWN_CELLS_MAX } from './manifest-shape.ts';

/** Where modules, devices and lines are in a deployment. */
export const AGENT_PATH = 'modulesContent.$edgeAgent.properties.desired';
export const MODULES_PATH = `${AGENT_PATH}.modules`;

export interface DecodedDeployment {
  /** Absent if a problem concerns the file as a whole. Modules with problems of their own are left out. */
  readonly value?: Deployment;
  readonly problems: Problem[];
}

/** As `decodeDeployment`, with the log, which takes problems found later and knows their lines. */
export interface ReadDeployment {
  readonly value: Deployment | undefined;
  readonly log: ProblemLog;
}

/**
 * Reads a deployment manifest and says everything that is wrong with it. `file` is its path as it was named to us: it
 * appears in problems, and module files are looked for beside it.
 */
export function decodeDeployment(text: string, file: string): DecodedDeployment {
  const { value, log } = readDeployment(text, file);
  return { ...(value === undefined ? {} : { value }), problems: log.problems };
}

export function readDeployment(text: string, file: string): ReadDeployment {
  const { value: manifest, root, log } = decodeFile(text, file, manifestShape, 'MANIFEST_INVALID');
  const contents = memberOf(root, 'modulesContent');
  const declared = keysOf(memberOf(memberOf(memberOf(contents, '$edgeAgent'), 'properties.desired'), 'modules'));
  const twinIds = keysOf(contents).filter((key) => !key.startsWith('$'));
  refuseStrayTwins(twinIds, declared, log);
  refuseSimilarIds(declared, log);
  if (manifest === undefined) return { value: undefined, log };
  const { $edgeAgent, $edgeHub, twins } = manifest.modulesContent;
  const agent = $edgeAgent['properties.desired'];
  const hub = $edgeHub['properties.desired'];
  const { timeToLiveSecs, storeLimits } = hub.storeAndForwardConfiguration;
  const modules = Object.entries(agent.modules).map(
    ([id, { env, settings, type: _, ...module }]): ModuleSpec => ({
      id,
      ...module,
      environment: env,
      ...settings,
      image: resolve(dirname(file), settings.image),
      desired: twins[id]?.['properties.desired'] ?? {},
    }),
  );
  refuseManyThreads(modules, log);
  const routes = Object.entries(hub.routes).map(([name, { isObject: _, ...route }]): RouteSpec => ({ name, ...route }));
  const value: Deployment = {
    schemaVersion: agent.schemaVersion,
    modules: modules.filter(({ id }) => !log.wrongModules.has(id)),
    declared,
    devices: agent.devices,
    lines: agent.lines,
    routes: routes.filter((route) => route.text.trim() !== ''),
    timeToLiveSecs,
    ...(storeLimits?.maxSizeBytes === undefined ? {} : { storeMaxBytes: storeLimits.maxSizeBytes }),
  };
  return { value: log.fileIsWrong ? undefined : value, log };
}

/** Properties for a module that is not there are a slip of the pen: its author waits for them to take effect. */
function refuseStrayTwins(ids: readonly string[], declared: readonly string[], log: ProblemLog): void {
  const known = new Set(declared);
  for (const id of ids.filter((candidate) => !known.has(candidate))) {
    const hint = log.isFull ? '' : suggest(id, declared);
    log.add({
      code: 'MANIFEST_INVALID',
      path: childPath('modulesContent', id),
      message: `expected the id of a module of $edgeAgent, got ${quote(id)}${hint}`,
    });
  }
}

/** Those beyond what one host can have do not start; the others do. */
function refuseManyThreads(modules: readonly ModuleSpec[], log: ProblemLog): void {
  const own = modules.filter(({ isolation }) => isolation === 'own-cell');
  for (const { id } of own.slice(OWN_CELLS_MAX)) {
    log.add({
      code: 'MANIFEST_INVALID',
      path: `${childPath(MODULES_PATH, id)}.settings.isolation`,
      module: id,
      message: `expected "own-cell" for at most ${OWN_CELLS_MAX} modules, got it for ${own.length}`,
    });
  }
}

/** Routes match their source without regard to case. */
function refuseSimilarIds(declared: readonly string[], log: ProblemLog): void {
  const first = new Map<string, string>();
  for (const id of declared) {
    const other = first.get(id.toLowerCase());
    if (other === undefined) first.set(id.toLowerCase(), id);
    else {
      log.add({
        code: 'MANIFEST_INVALID',
        path: childPath(MODULES_PATH, id),
        message: `the ids "${other}" and "${id}" differ only in case, and routes cannot tell them apart`,
      });
    }
  }
}

const memberOf = (node: JsonNode | undefined, key: string): JsonNode | undefined =>
  node?.kind === 'object' ? node.members.get(key)?.value : undefined;

const keysOf = (node: JsonNode | undefined): string[] => (node?.kind === 'object' ? [...node.members.keys()] : []);
