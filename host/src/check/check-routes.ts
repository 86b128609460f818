import { type ErrorCode, GatehouseError } from '../errors.ts';
import { type ProblemLog, quote, suggest, suggestOrList } from '../json/index.ts';
import type { Deployment, RouteSpec } from '../manifest/deployment.ts';
import { PORT_NAME } from '../manifest/name-rules.ts';
import {
  compileRoute,
  HOST_MODULE,
  prefixCanMatch,
  prefixOfSource,
  type Route,
  routeNeverFires,
} from '../routes/index.ts';
import type { CheckedModule } from './check-module.ts';
import { mayBeJson } from './may-be-json.ts';

/** A route of a deployment together with its compiled form. */
export interface LoadedRoute {
  readonly spec: RouteSpec;
  readonly route: Route;
}

/** What is known of the modules of a deployment; a module without an entry could not be read. */
export type CheckedModules = ReadonlyMap<string, CheckedModule>;

/** Compiles every route and reports those that are wrong. */
export function compileRoutes(routes: readonly RouteSpec[], log: ProblemLog): LoadedRoute[] {
  return routes.flatMap((spec) => {
    try {
      return [{ spec, route: compileRoute(spec.text) }];
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      const { offset } = error.details;
      const place = typeof offset === 'number' ? { character: offset } : {};
      log.add({ code: error.code, path: spec.path, message: error.message, ...place });
      return [];
    }
  });
}

/** Reports routes whose source or sink does not exist, and conditions that cannot be true. */
export function checkRoutes(
  routes: readonly LoadedRoute[],
  { declared }: Deployment,
  modules: CheckedModules,
  log: ProblemLog,
): void {
  for (const { spec, route } of routes) {
    const check = new RouteCheck(spec, log);
    check.sink(route, declared, modules);
    check.source(route, declared, modules);
    check.condition(route, mayBeJson(route, declared, modules));
  }
}

const PORTS = { lead: 'it has', none: 'it has none' };

class RouteCheck {
  readonly #spec: RouteSpec;
  readonly #log: ProblemLog;

  constructor(spec: RouteSpec, log: ProblemLog) {
    this.#spec = spec;
    this.#log = log;
  }

  sink({ sink }: Route, declared: readonly string[], modules: CheckedModules): void {
    if (sink.kind === 'upstream') return;
    const { module, input } = sink;
    if (!declared.includes(module)) {
      this.#unknown(
        `leads to the module ${quote(module)}, which the deployment does not have${suggest(module, declared)}`,
      );
      return;
    }
    const inputs = modules.get(module)?.manifest?.inputs;
    if (inputs?.includes(input) === false) {
      this.#unknown(
        `leads to the input ${quote(input)}, which the module "${module}" does not have${suggestOrList(input, inputs, PORTS)}`,
      );
    } else if (!PORT_NAME.pattern.test(input)) {
      this.#unknown(`leads to the input ${quote(input)}; expected ${PORT_NAME.expected}`);
    }
  }

  /** Modules and outputs compare without regard to case, as in the route itself. */
  source(route: Route, declared: readonly string[], modules: CheckedModules): void {
    const prefix = prefixOfSource(route.source);
    const [, , module, , output] = prefixCanMatch(prefix) ? prefix.slice(1, -1).split('/') : [];
    if (module === undefined) return;
    if (module === HOST_MODULE.toLowerCase()) return;
    const id = declared.find((candidate) => candidate.toLowerCase() === module);
    if (id === undefined) {
      this.#unknown(
        `takes from the module "${module}", which the deployment does not have${suggest(module, declared)}`,
      );
      return;
    }
    const known = modules.get(id);
    const outputs = known?.manifest?.outputs;
    if (output !== undefined && outputs?.every((name) => name.toLowerCase() !== output)) {
      this.#unknown(
        `takes from the output "${output}", which the module "${id}" does not have${suggestOrList(output, outputs, PORTS)}`,
      );
    } else if (known?.loaded?.facts.imports.every(({ module, name }) => module !== 'message' || name !== 'emit')) {
      this.#warn(`takes from the module "${id}", which never sends messages: it does not import "message.emit"`);
    }
  }

  condition(route: Route, stampsJson: boolean): void {
    const reason = routeNeverFires(route, { stampsJson });
    if (reason !== undefined) this.#warn(`can take no message: ${reason}`);
  }

  #unknown(message: string): void {
    this.#add('error', 'ROUTE_UNKNOWN_MODULE', message);
  }

  #warn(message: string): void {
    this.#add('warning', 'ROUTE_NEVER_FIRES', message);
  }

  #add(severity: 'error' | 'warning', code: ErrorCode, message: string): void {
    this.#log.add({ severity, code, path: this.#spec.path, message: `the route ${message}` });
  }
}
