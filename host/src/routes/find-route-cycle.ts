import type { Route } from './compile-route.ts';

/** What happens with a message for an input whose queue is full. */
export type InputPolicy = 'wait' | 'drop-oldest' | 'reject';

/** A way for messages from one module to an input of another. */
export interface RouteEdge {
  readonly from: string;
  readonly to: string;
  readonly policy: InputPolicy;
}

/** The edges between modules that some routes make; `policyOf` names the policy of an input. */
export function routeEdges(
  routes: Iterable<Pick<Route, 'sink' | 'takesFromModule'>>,
  modules: readonly string[],
  policyOf: (module: string, input: string) => InputPolicy,
): RouteEdge[] {
  const edges: RouteEdge[] = [];
  for (const { sink, takesFromModule } of routes) {
    if (sink.kind !== 'input') continue;
    const policy = policyOf(sink.module, sink.input);
    for (const from of modules) if (takesFromModule(from)) edges.push({ from, to: sink.module, policy });
  }
  return edges;
}

/**
 * A cycle of inputs with policy `wait`, as names of modules, the first one again at the end; undefined if there is none. In such a
 * cycle every module may come to wait for the next one, for ever. A module that sends to itself is a cycle as well.
 */
export function findRouteCycle(edges: readonly RouteEdge[]): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to, policy } of edges) {
    if (policy !== 'wait') continue;
    const targets = next.get(from);
    if (targets === undefined) next.set(from, [to]);
    else targets.push(to);
  }
  const finished = new Set<string>();
  for (const start of next.keys()) {
    const cycle = findFrom(start, next, finished);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** Walks depth first without recursion; `finished` are modules that lead to no cycle. */
function findFrom(start: string, next: ReadonlyMap<string, string[]>, finished: Set<string>): string[] | undefined {
  const path: string[] = [];
  const waiting: string[][] = [[start]];
  const onPath = new Set<string>();
  while (waiting.length > 0) {
    const module = waiting.at(-1)!.shift();
    if (module === undefined) {
      waiting.pop();
      const left = path.pop();
      if (left !== undefined) {
        onPath.delete(left);
        finished.add(left);
      }
    } else if (onPath.has(module)) {
      return [...path.slice(path.indexOf(module)), module];
    } else if (!finished.has(module)) {
      path.push(module);
      onPath.add(module);
      waiting.push([...(next.get(module) ?? [])]);
    }
  }
  return undefined;
}
