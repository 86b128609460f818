import type { Route } from './compile-route.ts';
import { childrenOf, type Expression } from './expression.ts';
import { possibleValues, VALUE } from './possible-values.ts';
import { quote } from './route-error.ts';
import { prefixCanMatch, prefixOfSource } from './route-source.ts';

/** What is known of the messages that a route takes. */
export interface SourceFacts {
  /** Whether at least some of them say that their body is JSON. */
  readonly stampsJson: boolean;
}

/** Why a route can take no message, as a clause; undefined if it may. The reason for a warning, not for a refusal. */
export function routeNeverFires(route: Route, facts: SourceFacts): string | undefined {
  const { source, condition, text } = route.parsed;
  if (!prefixCanMatch(prefixOfSource(source))) {
    return `no message comes from ${quote(source)}; \`*\` stands for the rest of a source and only at its end`;
  }
  if (condition === undefined) return undefined;
  const possible = possibleValues(text, condition, facts.stampsJson);
  if ((possible & VALUE.true) !== 0) return undefined;
  if ((possible & (VALUE.true | VALUE.false)) === 0 && (possible & VALUE.other) !== 0) {
    return `the condition ${quote(slice(text, condition))} is a string or a number, which is never true`;
  }
  const read = facts.stampsJson ? undefined : firstRead(condition);
  if (read === undefined) return `the condition ${quote(slice(text, condition))} is never true`;
  return `the condition needs ${quote(slice(text, read))}, which is undefined for messages whose body is not said to be JSON`;
}

const slice = (text: string, { offset, end }: Expression): string => text.slice(offset, end);

function firstRead(expression: Expression): Expression | undefined {
  if (expression.kind === 'body' || expression.kind === 'twin-change-includes') return expression;
  for (const child of childrenOf(expression)) {
    const found = firstRead(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
