const LISTED_MAX = 10;

/** Names of modules for a sentence; of a thousand, the first few and how many more. */
export function listedModules(ids: readonly string[]): string {
  if (ids.length <= LISTED_MAX) return ids.join(', ');
  return `${ids.slice(0, LISTED_MAX).join(', ')} and ${ids.length - LISTED_MAX} more`;
}
