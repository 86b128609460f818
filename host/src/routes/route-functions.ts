import { MATH_FUNCTIONS } from './math-functions.ts';
import type { RouteFunction } from './route-function.ts';
import { STRING_FUNCTIONS } from './string-functions.ts';
import { TYPE_FUNCTIONS } from './type-functions.ts';

/** The functions by their name in lower case, without `twin_change_includes`, whose argument is no expression. */
export const ROUTE_FUNCTIONS: ReadonlyMap<string, RouteFunction> = new Map(
  Object.entries({ ...MATH_FUNCTIONS, ...TYPE_FUNCTIONS, ...STRING_FUNCTIONS }),
);
