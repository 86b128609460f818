import { childPath, type ProblemLog } from '../json/index.ts';
import { QUEUE_LIMITS } from '../limits.ts';
import { MODULES_PATH } from '../manifest/decode-deployment.ts';
import type { Deployment } from '../manifest/deployment.ts';
import { findRouteCycle, type Route } from '../routes/index.ts';
import { settingPath } from './check-grants.ts';
import type { CheckedModules, LoadedRoute } from './check-routes.ts';

/** A route through which messages of one module reach an input with the policy `wait`. */
interface WaitingEdge {
  readonly from: string;
  readonly to: string;
  readonly policy: 'wait';
  readonly input: string;
  readonly path: string;
}

/** Reports cycles of inputs that pause their producer, and modules that no message reaches or leaves. */
export function checkGraph(
  routes: readonly LoadedRoute[],
  deployment: Deployment,
  modules: CheckedModules,
  log: ProblemLog,
): void {
  refuseWaitingCycles(waitingEdges(routes, deployment, modules), log);
  for (const { route } of routes) warnOfSmallQueues(route, modules, log);
  for (const { id } of deployment.modules) warnOfUnreachable(id, routes, modules, log);
}

function waitingEdges(routes: readonly LoadedRoute[], deployment: Deployment, modules: CheckedModules): WaitingEdge[] {
  return routes.flatMap(({ spec, route }) => {
    const { sink } = route;
    if (sink.kind !== 'input') return [];
    const { module: to, input } = sink;
    const inputs = deployment.modules.find(({ id }) => id === to)?.inputs ?? {};
    if (!Object.hasOwn(inputs, input) || inputs[input]?.policy !== 'wait') return [];
    return deployment.modules
      .filter(({ id }) => takesFrom(route, id, modules))
      .map(({ id: from }) => ({ from, to, policy: 'wait', input, path: spec.path }));
  });
}

/** Reports one cycle after the other, each at the route that closes it, which is then left out of the search. */
function refuseWaitingCycles(edges: readonly WaitingEdge[], log: ProblemLog): void {
  const cycle = findRouteCycle(edges);
  if (cycle === undefined) return;
  const hops = cycle.slice(1).map((to, index) => edges.find((edge) => edge.from === cycle[index] && edge.to === to)!);
  const inputs = hops.map(({ to, input }) => `"${input}" of "${to}"`).join(', ');
  const message =
    `${cycle.join(' -> ')} is a cycle of inputs with the policy "wait", in which each module could wait for the next ` +
    `for ever; give one of these inputs another policy: ${inputs}`;
  const closing = hops.at(-1)!;
  log.add({ code: 'ROUTE_CYCLE', path: closing.path, message });
  refuseWaitingCycles(
    edges.filter(({ from, to }) => from !== closing.from || to !== closing.to),
    log,
  );
}

/** Bytes that a queue needs for a message beyond its body and properties. */
const FRAME_BYTES = 128;

/** A message that does not fit into an empty queue never arrives. */
function warnOfSmallQueues({ sink, takesFromModule }: Route, modules: CheckedModules, log: ProblemLog): void {
  const receiver = sink.kind === 'input' ? modules.get(sink.module)?.loaded?.spec : undefined;
  if (sink.kind !== 'input' || receiver === undefined) return;
  const { module, input } = sink;
  const configured = Object.hasOwn(receiver.inputs, input) ? receiver.inputs[input] : undefined;
  const room = configured?.bytes ?? QUEUE_LIMITS.bytes.default;
  for (const { loaded } of modules.values()) {
    if (loaded === undefined || !takesFromModule(loaded.spec.id)) continue;
    const { id, limits } = loaded.spec;
    if (limits.messageBytes + FRAME_BYTES <= room) continue;
    const path = configured === undefined ? settingPath(id, 'limits') : settingPath(module, `inputs.${input}`);
    const message =
      `the module "${id}" may send messages of ${limits.messageBytes} bytes, and the input "${input}" of "${module}" ` +
      `has room for ${room}, too little for the largest`;
    log.add({ severity: 'warning', code: 'LIMIT_QUEUE', path, message });
  }
}

function warnOfUnreachable(id: string, routes: readonly LoadedRoute[], modules: CheckedModules, log: ProblemLog): void {
  const { inputs, outputs } = modules.get(id)?.manifest ?? {};
  const isReached = routes.some(({ route: { sink } }) => sink.kind === 'input' && sink.module === id);
  const isTaken = routes.some(({ route }) => takesFrom(route, id, modules));
  const path = childPath(MODULES_PATH, id);
  const warn = (message: string) =>
    log.add({ severity: 'warning', code: 'MODULE_UNREACHABLE', path, module: id, message });
  if (inputs === undefined && outputs === undefined && !isReached && !isTaken) {
    warn('no route leads to the module, and none takes what it sends');
  }
  if (inputs !== undefined && inputs.length > 0 && !isReached) {
    warn(`no route leads to an input of the module; it has ${inputs.join(', ')}`);
  }
  if (outputs !== undefined && outputs.length > 0 && !isTaken) {
    warn(`no route takes what the module sends; its outputs are ${outputs.join(', ')}`);
  }
}

/** Whether a route takes what a module sends; one that says that it has no outputs sends nothing. */
function takesFrom(route: Route, module: string, modules: CheckedModules): boolean {
  return route.takesFromModule(module) && modules.get(module)?.manifest?.outputs?.length !== 0;
}
