import type { Step } from './guest-run.ts';

/** What the rewritten module did else than the plain one; undefined if nothing. */
export interface Comparison {
  readonly difference?: string;
  /** The rewritten module was stopped by its meter, or the plain one by the end of the engine's stack, and the rest not compared. */
  readonly isCut: boolean;
}

/** Compares what both did step by step: outcome, results, calls of imports and state, bit by bit. */
export function compareRuns(plain: readonly Step[], rewritten: readonly Step[]): Comparison {
  for (const [index, theirs] of plain.entries()) {
    const mine = rewritten[index];
    if (mine?.name !== theirs.name) {
      return { difference: `step ${index} is ${mine?.name}, not ${theirs.name}`, isCut: false };
    }
    const isStopped = mine.outcome === 'out-of-fuel' || mine.outcome === 'out-of-stack';
    const difference = isStopped ? unlike(theirs.log.slice(0, mine.log.length), mine.log) : differenceOf(theirs, mine);
    // Where the engine's stack ends depends on the size of its frames.
    const isCut = isStopped || theirs.outcome === 'overflowed';
    if (isCut && (isStopped ? difference === undefined : true)) return { isCut };
    if (difference !== undefined) return { difference: `step ${index} ${theirs.name}: ${difference}`, isCut };
  }
  return { isCut: false };
}

function differenceOf(plain: Step, rewritten: Step): string | undefined {
  return (
    unlike(plain.log, rewritten.log) ??
    unlike([plain.outcome, plain.detail], [rewritten.outcome, rewritten.detail]) ??
    unlike(plain.state, rewritten.state)
  );
}

/** The first place where two lists differ, in words. */
function unlike(plain: readonly string[], rewritten: readonly string[]): string | undefined {
  const at = Array.from({ length: Math.max(plain.length, rewritten.length) }, (_, index) => index).find(
    (index) => plain[index] !== rewritten[index],
  );
  return at === undefined ? undefined : `${at} is ${rewritten[at]}, not ${plain[at]}`;
}
