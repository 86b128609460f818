import { quote } from './node.ts';

/** Candidates that are looked at; there are more only in files that are wrong on purpose. */
const CANDIDATES_MAX = 1_024;

/** The candidate that `name` was probably meant to be; undefined if none is close. */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.ceil(name.length / 3)) + 1;
  let looked = 0;
  for (const candidate of candidates) {
    if (looked++ === CANDIDATES_MAX) break;
    const distance = editDistance(simplify(name), simplify(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `; did you mean "x"?`, or nothing. */
export function suggest(name: string, candidates: Iterable<string>): string {
  const closest = closestName(name, candidates);
  return closest === undefined ? '' : `; did you mean ${quote(closest)}?`;
}

const LISTED_MAX = 10;

/** As `suggest`; if nothing is close, the first few candidates after `lead`, or `none`. */
export function suggestOrList(
  name: string,
  candidates: Iterable<string>,
  words: { lead: string; none: string },
): string {
  const all = [...candidates];
  if (all.length === 0) return `; ${words.none}`;
  const more = all.length > LISTED_MAX ? ` and ${all.length - LISTED_MAX} more` : '';
  return suggest(name, all) || `; ${words.lead} ${all.slice(0, LISTED_MAX).map(plain).join(', ')}${more}`;
}

/** A name as it is, unless it holds what would confuse a terminal. */
const plain = (name: string): string => (/^[\w.$-]+$/.test(name) ? name : quote(name));

const simplify = (name: string): string => name.slice(0, 64).toLowerCase().replace(/[-_ ]/g, '');

/** Insertions, removals, replacements and swaps of neighbours that lead from one text to the other; `bound` if there are as many. */
function editDistance(from: string, to: string, bound: number): number {
  if (Math.abs(from.length - to.length) >= bound) return bound;
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = previous[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      let distance = Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        distance = Math.min(distance, before[j - 2]! + 1);
      }
      row.push(distance);
    }
    before = previous;
    previous = row;
  }
  return Math.min(bound, previous[to.length]!);
}
