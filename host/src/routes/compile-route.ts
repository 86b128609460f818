import { compileCondition } from './compile-condition.ts';
import { Evaluation } from './evaluation.ts';
import { childrenOf, type Expression, readsBody } from './expression.ts';
import { type ParsedRoute, parseRoute } from './parse-route.ts';
import { routeError } from './route-error.ts';
import type { RouteMessage } from './route-message.ts';
import type { RouteSink } from './route-sink.ts';
import { MESSAGE_SOURCE, prefixMatches, prefixOfSource, prefixTakesFromModule } from './route-source.ts';
import { canonicalSystemName } from './system-properties.ts';

/** A route ready to be used. It keeps no message. */
export interface Route {
  /** The source as written. */
  readonly source: string;
  readonly sink: RouteSink;
  /** Whether there is a WHERE. Without one every message of the source is taken and `evaluate` need not be called. */
  readonly condition: boolean;
  /** Whether the condition may ask for the body. */
  readonly readsBody: boolean;
  /** What was parsed, for checks that are made without messages. */
  readonly parsed: ParsedRoute;
  /** Whether it takes messages from there, condition aside; `source` as in `MESSAGE_SOURCE`. */
  matchesSource(source: string): boolean;
  /** Whether it may take a message that the module sends, on whatever output. */
  takesFromModule(module: string): boolean;
  /** The condition for a message: it is taken only for true. Never throws, unless the message does. */
  evaluate(message: RouteMessage): boolean | undefined;
}

/** Compiles the text of a route; throws a `GatehouseError` with code ROUTE_SYNTAX, ROUTE_TYPE or ROUTE_UNKNOWN_FUNCTION. */
export function compileRoute(text: string): Route {
  const parsed = parseRoute(text);
  const prefix = prefixOfSource(parsed.source);
  const isForModules = parsed.condition === undefined || !refusesModules(parsed.condition);
  return {
    source: parsed.source,
    sink: parsed.sink,
    condition: parsed.condition !== undefined,
    readsBody: parsed.condition !== undefined && readsBody(parsed.condition),
    parsed,
    matchesSource: (source) => prefixMatches(prefix, source),
    takesFromModule: (module) => isForModules && prefixTakesFromModule(prefix, module),
    evaluate: compileEvaluate(parsed, prefix),
  };
}

/**
 * Whether a condition says that the message has no module, as `NOT is_defined($connectionModuleId)` does, alone or with
 * others: it is then never true for what a module sends, whose name the host stamps.
 */
function refusesModules(condition: Expression): boolean {
  if (condition.kind === 'and') return condition.operands.some(refusesModules);
  if (condition.kind !== 'not' || condition.operand.kind !== 'call') return false;
  const { name, args } = condition.operand;
  const [argument] = args;
  return name.toLowerCase() === 'is_defined' && argument?.kind === 'system' && isModuleId(argument.name);
}

const isModuleId = (name: string): boolean => canonicalSystemName(name) === 'connectionModuleId';

function compileEvaluate({ text, condition }: ParsedRoute, prefix: string): Route['evaluate'] {
  if (condition === undefined) return always;
  if (prefix !== MESSAGE_SOURCE.twinChange.toLowerCase()) refuseTwinChangeIncludes(text, condition);
  const read = compileCondition(text, condition);
  const evaluation = new Evaluation();
  return (message) => evaluation.run(message, read);
}

const always = (): boolean => true;

function refuseTwinChangeIncludes(text: string, expression: Expression): void {
  if (expression.kind === 'twin-change-includes') {
    throw routeError('ROUTE_UNKNOWN_FUNCTION', text, expression, {
      expected: 'this function only in routes `FROM /twinChangeNotifications`',
      got: 'another source',
    });
  }
  for (const child of childrenOf(expression)) refuseTwinChangeIncludes(text, child);
}
