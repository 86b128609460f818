// Only syntax and modules that very old versions of Node know too: this file must run to say that the version is too old.

/** The lowest version that works, as in `engines` of package.json. */
export const NODE_MIN = '20.19.0';

/** What is wrong with a version of Node, as a sentence for a person, or undefined. */
export function nodeVersionProblem(version) {
  const have = version.split('.').map(Number);
  const need = NODE_MIN.split('.').map(Number);
  for (let i = 0; i < need.length; i++) {
    if (have[i] > need[i]) return undefined;
    if (have[i] < need[i]) {
      return `Gatehouse needs Node ${NODE_MIN} or later, this is ${version}. Get a newer one from https://nodejs.org or by your version manager.`;
    }
  }
  return undefined;
}
