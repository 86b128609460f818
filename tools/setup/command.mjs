import { nodeVersionProblem } from './node-version.mjs';

/**
 * Entry of every `npm` script: checks the version of Node before anything that an old one cannot even parse is loaded.
 * `work` names the program behind the set-up: `{ file, needs }`, see `set-up.mjs`.
 */
export function command(work) {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
  import('./set-up.mjs')
    .then(({ setUpAndRun }) => setUpAndRun(work, process.argv.slice(2)))
    .catch((error) => {
      process.stderr.write(`gatehouse: ${error.message}\n`);
      process.exitCode = 1;
    });
}
