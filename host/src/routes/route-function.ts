import type { TypedReader, ValueType } from './typed-reader.ts';

/** A function of the route language. */
export interface RouteFunction {
  /** Types of the arguments, `any` for every type; a value of the body is accepted for all of them. */
  readonly parameters: readonly ParameterType[];
  /** How many of the parameters may be left out, from the end. */
  readonly optional?: number;
  /** The last parameter may be given again and again. */
  readonly repeats?: boolean;
  /** How a person writes a call. */
  readonly signature: string;
  compile(args: readonly TypedReader[]): TypedReader;
}

export type ParameterType = 'number' | 'string' | 'number-or-string' | 'any';

/** Whether a value of the type may be given for a parameter. */
export function accepts(parameter: ParameterType, type: ValueType): boolean {
  if (parameter === 'any' || type === 'body') return true;
  return parameter === 'number-or-string' ? type === 'number' || type === 'string' : parameter === type;
}

export const nameOfParameter = (parameter: ParameterType): string =>
  parameter === 'number-or-string' ? 'a string or a number' : parameter === 'any' ? 'any value' : `a ${parameter}`;
