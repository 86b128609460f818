/** Limits of one route. They keep compilation and evaluation small whatever text arrives in a deployment. */
export const ROUTE_LIMITS = {
  /** Characters of the text of a route. */
  characters: 32_768,
  /** Levels of an expression: brackets, function calls, signs, and operators that cannot be listed side by side. */
  nesting: 100,
  /** Characters of a text that `concat` or `||` makes; a longer one is undefined. */
  concatCharacters: 1_048_576,
} as const;
