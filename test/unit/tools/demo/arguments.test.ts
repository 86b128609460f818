import { DEMO_HELP, parseDemoArguments } from '../../../../tools/src/demo/arguments.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('demo command line');

function parsed(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const options = parseDemoArguments(args, environment);
  assert.ok(options !== 'help');
  return options;
}

test('without options: gas lock after 15 s, until asked to end, in colour', () => {
  assert.deepEqual(parsed([]), {
    seconds: undefined,
    json: false,
    fault: 'gas-lock',
    faultAfterSeconds: 15,
    seed: 1,
    brokerPort: 0,
    pumpPort: 0,
    keepFaulty: false,
    color: true,
  });
});

test('--json ends by itself, after 30 s unless said otherwise', () => {
  assert.equal(parsed(['--json']).seconds, 30);
  assert.equal(parsed(['--json', '--seconds', '12']).seconds, 12);
});

test('NO_COLOR counts when it is not empty, as does --no-color', () => {
  assert.equal(parsed([], { NO_COLOR: '1' }).color, false);
  assert.equal(parsed([], { NO_COLOR: '' }).color, true);
  assert.equal(parsed(['--no-color']).color, false);
});

const REFUSED: readonly [string[], RegExp][] = [
  [['--seconds', '0'], /--seconds: expected a number from 1 to 86400, got "0"/],
  [['--seconds', 'ten'], /--seconds/],
  [['--fault', 'rust'], /--fault: expected one of none, gas-lock/],
  [['--port', '1e3'], /--port: expected a whole number from 0 to 65535, got "1e3"/],
  [['--pump-port', '65536'], /--pump-port/],
  [['--fast'], /--fast/],
  [['extra'], /extra/],
];

for (const [args, message] of REFUSED) {
  test(`refuses ${JSON.stringify(args)} with the reason`, () => {
    assert.throws(() => parseDemoArguments(args), message);
  });
}

test('--help names every option', () => {
  assert.equal(parseDemoArguments(['--help']), 'help');
  for (const option of [
    'seconds',
    'json',
    'fault',
    'fault-after',
    'keep-faulty',
    'seed',
    'port',
    'pump-port',
    'no-color',
    'help',
  ]) {
    assert.match(DEMO_HELP, new RegExp(`^ {2}--${option} `, 'm'));
  }
  for (const text of DEMO_HELP.split('\n')) assert.ok(text.length <= 130, text);
});

test.run();
