import { closestName } from '../json/suggestion.ts';
import type { Expression } from './expression.ts';
import { quote, routeError } from './route-error.ts';
import { accepts, nameOfParameter, type RouteFunction } from './route-function.ts';
import { ROUTE_FUNCTIONS } from './route-functions.ts';
import { typeMismatch } from './type-mismatch.ts';
import type { TypedReader } from './typed-reader.ts';

type Call = Extract<Expression, { kind: 'call' }>;

/** The function that a call names, with the number of its arguments checked. */
export function resolveFunction(text: string, call: Call): RouteFunction {
  const known = ROUTE_FUNCTIONS.get(call.name.toLowerCase());
  const name = { offset: call.offset, end: call.offset + call.name.length };
  if (known === undefined) {
    throw routeError('ROUTE_UNKNOWN_FUNCTION', text, name, {
      expected: 'a function of the route language',
      got: quote(call.name),
      hint: hintForUnknown(call.name),
    });
  }
  const most = known.repeats ? Number.POSITIVE_INFINITY : known.parameters.length;
  const least = known.parameters.length - (known.optional ?? 0);
  if (call.args.length >= least && call.args.length <= most) return known;
  throw routeError('ROUTE_UNKNOWN_FUNCTION', text, call, {
    expected: `\`${known.signature}\``,
    got: call.args.length === 1 ? '1 argument' : `${call.args.length} arguments`,
  });
}

/** Compiles a call whose arguments are compiled. */
export function compileCall(
  text: string,
  call: Call,
  definition: RouteFunction,
  args: readonly TypedReader[],
): TypedReader {
  for (const [index, argument] of args.entries()) {
    const parameter = definition.parameters[Math.min(index, definition.parameters.length - 1)]!;
    if (accepts(parameter, argument.type)) continue;
    const culprit = call.args[index]!;
    throw typeMismatch(text, culprit, nameOfParameter(parameter), culprit, argument.type);
  }
  return definition.compile(args);
}

function hintForUnknown(name: string): string | undefined {
  if (/^is_(?:array|object|primitive)$/i.test(name)) return 'IoT Edge describes it but does not have it either';
  const closest = closestName(name, [...ROUTE_FUNCTIONS.keys(), 'twin_change_includes']);
  return closest === undefined ? undefined : `did you mean \`${closest}\`?`;
}
