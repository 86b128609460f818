import fc from 'fast-check';
import type { Bare } from './routes-printed.ts';

const name = fc.constantFrom('site', 'level', 'absent', 'a-b', 'x.y', 'e5', '3rd', 'is_defined', 'Select1');
const place = fc.constantFrom<readonly [string, readonly (string | number)[]]>(
  ['$body.pressure', ['pressure']],
  ['$body.motor.on', ['motor', 'on']],
  ['$body.list[0]', ['list', 0]],
  ['$BODY.heat', ['heat']],
);
const literal = fc.oneof(
  fc.constantFrom(true, false, null, undefined),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.integer(),
  fc.constantFrom('', 'north', "it's", 'a "b"', '\\', '*/', 'FROM'),
);

const leaf: fc.Arbitrary<Bare> = fc.oneof(
  literal.map((value) => ({ kind: 'literal', value }) as const),
  name.map((value) => ({ kind: 'property', name: value }) as const),
  fc
    .tuple(fc.constantFrom('messageId', 'to'), fc.boolean())
    .map(([value, escaped]) => ({ kind: 'system', name: value, escaped }) as const),
  fc
    .tuple(place, fc.boolean())
    .map(([[text, path], escaped]) => ({ kind: 'body', name: text, path, escaped }) as const),
);

/** Any expression the grammar has, whatever its types. */
export const expression: fc.Arbitrary<Bare> = fc.letrec<{ node: Bare }>((tie) => {
  const node = tie('node');
  const operands = fc.array(node, { minLength: 2, maxLength: 4 });
  const pair = <Operator extends string>(kind: string, ...operators: Operator[]) =>
    fc.record({
      kind: fc.constant(kind),
      operator: fc.constantFrom(...operators),
      left: node,
      right: node,
    }) as unknown as fc.Arbitrary<Bare>;
  return {
    node: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'condition' },
      leaf,
      fc.record({ kind: fc.constantFrom('not', 'negate'), operand: node }) as fc.Arbitrary<Bare>,
      fc.record({ kind: fc.constantFrom('and', 'or', 'concat'), operands }) as fc.Arbitrary<Bare>,
      pair('arithmetic', '+', '-', '*', '/', '%'),
      pair('comparison', '=', '!=', '<>', '<', '<=', '>', '>='),
      fc.record({ kind: fc.constant('coalesce'), left: node, right: node }) as fc.Arbitrary<Bare>,
      fc.record({
        kind: fc.constant('call'),
        name: fc.constantFrom('abs', 'IS_NULL', 'power'),
        args: fc.array(node, { maxLength: 3 }),
      }) as fc.Arbitrary<Bare>,
    ),
  };
}).node;

/** Text of a condition that compiles, with operators of all kinds and every function. */
export const typedCondition: fc.Arbitrary<string> = fc.letrec<{
  truth: string;
  number: string;
  text: string;
  value: string;
}>((tie) => {
  const truth = tie('truth');
  const number = tie('number');
  const text = tie('text');
  const value = tie('value');
  const shape = (template: string, ...parts: fc.Arbitrary<string>[]) =>
    fc.tuple(...parts).map((filled) => filled.reduce((result, part) => result.replace('~', () => part), template));
  const binary = (side: fc.Arbitrary<string>, ...signs: string[]) =>
    fc.tuple(side, fc.constantFrom(...signs), side).map(([left, sign, right]) => `(${left} ${sign} ${right})`);
  const comparisons = ['=', '!=', '<>', '<', '<=', '>', '>='];
  const options = { maxDepth: 4, depthIdentifier: 'typed' } as const;
  return {
    value: fc.constantFrom(
      '$body.pressure',
      '$body.motor.on',
      '$body.motor',
      '$body.heat',
      '{$body.text}',
      '$body.list[1]',
      '$body.none',
      '$body.constructor',
    ),
    truth: fc.oneof(
      options,
      fc.constantFrom('true', 'false', 'undefined', "absent = 'x'", "site = 'north'", '$body.motor.on', 'null'),
      binary(truth, 'AND', 'OR'),
      shape('NOT (~)', truth),
      binary(number, ...comparisons),
      binary(text, ...comparisons),
      fc
        .tuple(value, fc.constantFrom(...comparisons), fc.oneof(number, text, value, fc.constantFrom('null', 'true')))
        .map((parts) => `(${parts.join(' ')})`),
      ...['is_defined', 'is_null', 'is_bool', 'is_number', 'is_string'].map((name) =>
        shape(
          `${name}~`,
          fc.oneof(number, text, value).map((part) => `(${part})`),
        ),
      ),
      shape('starts_with(~, ~)', text, text),
      shape('ends_with(~, ~)', text, fc.oneof(text, value)),
      shape('contains(~, ~)', text, text),
    ),
    number: fc.oneof(
      options,
      fc.constantFrom('3', '-1.5', '0', '1e308', 'as_number(level)', 'as_number(absent)', '0x1F'),
      binary(fc.oneof(number, value), '+', '-', '*', '/', '%'),
      shape('- (~)', number),
      ...['abs', 'exp', 'square', 'ceiling', 'floor', 'sign', 'sqrt'].map((name) =>
        shape(`${name}(~)`, fc.oneof(number, value)),
      ),
      shape('power(~, ~)', number, number),
      shape('length(~)', text),
      shape('index_of(~, ~)', text, text),
      shape('(~ ?? ~)', number, number),
    ),
    text: fc.oneof(
      options,
      fc.constantFrom("'north'", "''", 'site', 'absent', '$messageId', '{$to}', '"\\ud83d\\ude00"'),
      binary(fc.oneof(text, value), '||'),
      shape('concat(~, ~, ~)', text, text, text),
      shape('substring(~, ~)', text, number),
      shape('substring(~, ~, ~)', text, number, number),
      shape('lower(~)', text),
      shape('upper(~)', fc.oneof(text, value)),
      shape('(~ ?? ~)', text, text),
    ),
  };
}).truth;

const json = fc.jsonValue({ maxDepth: 2 });

/** What a message may hold under the names that `typedCondition` uses. */
export const tableMessage = fc.record({
  properties: fc.record(
    { site: fc.constantFrom('north', 'south', ''), level: fc.constantFrom('3', 'x', '-1e2', '') },
    { requiredKeys: [] },
  ),
  system: fc.record({ messageId: fc.string(), to: fc.string() }, { requiredKeys: [] }),
  body: fc.option(
    fc.oneof(
      json,
      fc.record(
        {
          pressure: json,
          motor: fc.oneof(json, fc.record({ on: json })),
          text: json,
          list: fc.array(json, { maxLength: 3 }),
          none: fc.constant(null),
        },
        { requiredKeys: [] },
      ),
    ),
    { nil: undefined },
  ),
}) as fc.Arbitrary<{ properties: Record<string, string>; system: Record<string, string>; body?: unknown }>;
