import { formatProblems } from '../../../../host/src/check/format-problems.ts';
import type { Problem } from '../../../../host/src/errors.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('formatProblems');

const PROBLEMS: Problem[] = [
  {
    severity: 'error',
    code: 'MANIFEST_INVALID',
    file: 'd.json',
    path: 'a.b',
    line: 7,
    column: 3,
    module: 'pump',
    message: 'unknown key "x"',
  },
  {
    severity: 'warning',
    code: 'ROUTE_NEVER_FIRES',
    file: 'd.json',
    path: 'r',
    line: 112,
    column: 14,
    message: 'never true',
  },
  { severity: 'error', code: 'FILE_MISSING', file: 'g.json', path: '', message: 'does not exist' },
];

test('groups by file, one line each, with a summary', () => {
  assert.equal(
    formatProblems(PROBLEMS),
    [
      'd.json',
      '     7:3  error    unknown key "x"  MANIFEST_INVALID a.b',
      '  112:14  warning  never true  ROUTE_NEVER_FIRES r',
      '',
      'g.json',
      '  error    does not exist  FILE_MISSING',
      '',
      '2 errors, 1 warning; the module pump cannot start',
      '',
    ].join('\n'),
  );
});

test('says that nothing can start, where a problem concerns the files as a whole', () => {
  assert.match(formatProblems(PROBLEMS, {}, true), /^2 errors, 1 warning; nothing can start$/m);
});

test('says that there are none', () => {
  assert.equal(formatProblems([]), 'no problems\n');
});

test('a note is no problem', () => {
  const note: Problem = { ...PROBLEMS[1]!, severity: 'note', code: 'DEVICE_REPLACED', message: 'takes its place' };
  assert.equal(
    formatProblems([note]),
    'd.json\n  112:14  note     takes its place  DEVICE_REPLACED r\n\nno problems\n',
  );
  assert.match(formatProblems([...PROBLEMS, note]), /^2 errors, 1 warning;/m);
});

test('uses colours on a terminal only, and not against the wish of its owner', () => {
  const wish = process.env['NO_COLOR'];
  try {
    delete process.env['NO_COLOR'];
    assert.ok(formatProblems(PROBLEMS, { isTTY: true }).includes('\u001b['));
    assert.ok(!formatProblems(PROBLEMS, { isTTY: false }).includes('\u001b['));
    process.env['NO_COLOR'] = '1';
    assert.ok(!formatProblems(PROBLEMS, { isTTY: true }).includes('\u001b['));
  } finally {
    if (wish === undefined) delete process.env['NO_COLOR'];
    else process.env['NO_COLOR'] = wish;
  }
});

test('shows what could move the cursor or turn the text around as an escape', () => {
  const hostile = 'a\u001b[2J\n\u202eb';
  const text = formatProblems([
    { severity: 'error', code: 'INTERNAL', file: hostile, path: hostile, module: hostile, message: hostile },
  ]);
  assert.equal(text.split('\n').length, 5);
  assert.ok(!text.includes('\u001b') && !text.includes('\u202e'));
  assert.equal(text.split('a\\u001b[2J\\u000a\\u202eb').length, 5);
});

test.run();
