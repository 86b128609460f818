import { ProblemLog } from '../../../../host/src/json/problem-log.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('problems of one file');

function logOf(warnings: number, errors: number): ProblemLog {
  const log = new ProblemLog('deployment.json', '{}');
  const add = (severity: 'error' | 'warning') =>
    log.add({ severity, code: 'MANIFEST_INVALID', path: '', message: 'odd' });
  for (let count = 0; count < warnings; count++) add('warning');
  for (let count = 0; count < errors; count++) add('error');
  return log;
}

test('warnings that are only counted are summed up as a warning', () => {
  const { problems, fileIsWrong } = logOf(1_000, 0);
  assert.equal(problems.length, 201);
  assert.equal(problems.at(-1)!.message, 'and 800 more problems');
  assert.ok(problems.every(({ severity }) => severity === 'warning'));
  assert.equal(fileIsWrong, false);
});

test('an error among those that are only counted is not lost', () => {
  const { problems, fileIsWrong } = logOf(1_000, 1);
  assert.equal(problems.at(-1)!.severity, 'error');
  assert.equal(problems.at(-1)!.message, 'and 801 more problems');
  assert.equal(fileIsWrong, true);
});

test.run();
