/**
 * Whether version `a` comes before `b` in the order of semver.org 2.0.0, clause 11: numbers as numbers of any size, a
 * pre-release before its release, build metadata without a say. Both must be versions in its grammar.
 */
export function isLowerVersion(a: string, b: string): boolean {
  return compareVersions(a, b) < 0;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  const core = compareLists(left.core, right.core);
  if (core !== 0) return core;
  if (left.preRelease === undefined || right.preRelease === undefined)
    return Number(left.preRelease === undefined) - Number(right.preRelease === undefined);
  return compareLists(left.preRelease, right.preRelease);
}

interface VersionParts {
  readonly core: readonly string[];
  readonly preRelease: readonly string[] | undefined;
}

function partsOf(version: string): VersionParts {
  const [withoutBuild = ''] = version.split('+', 1);
  const dash = withoutBuild.indexOf('-');
  if (dash < 0) return { core: withoutBuild.split('.'), preRelease: undefined };
  return { core: withoutBuild.slice(0, dash).split('.'), preRelease: withoutBuild.slice(dash + 1).split('.') };
}

/** The first difference decides; a list that goes on is higher. */
function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, identifier] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const NUMBER = /^\d+$/;

/** Numbers have no leading zeros, so that the longer one is higher; numbers come before words, words go by their ASCII codes. */
function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [NUMBER.test(a), NUMBER.test(b)];
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  if (aIsNumber && a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}
