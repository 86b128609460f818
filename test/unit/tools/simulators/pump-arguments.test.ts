import { parsePumpArguments } from '../../../../tools/simulators/pump/arguments.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('pump command line');

test('without options the pump is healthy, on loopback, on a port of the system', () => {
  assert.deepEqual(parsePumpArguments([]), {
    host: '127.0.0.1',
    port: 0,
    unitId: 1,
    seed: 1,
    endsWithStdin: false,
    plan: { fault: 'none', afterSeconds: 15 },
  });
});

test('takes fault, times and seed', () => {
  const options = parsePumpArguments([
    '--fault',
    'gas-lock',
    '--fault-after',
    '2.5',
    '--fault-for=4',
    '--seed',
    '9',
    '--port',
    '5020',
  ]);
  assert.ok(options !== 'help');
  assert.deepEqual(options.plan, { fault: 'gas-lock', afterSeconds: 2.5, forSeconds: 4 });
  assert.equal(options.seed, 9);
  assert.equal(options.port, 5020);
});

const REFUSED: readonly [string[], RegExp][] = [
  [['--fault', 'fire'], /--fault: expected one of none, gas-lock.*got "fire"/],
  [['--fault', 'toString'], /--fault: expected one of/],
  [['--port', '70000'], /--port: expected a whole number from 0 to 65535, got "70000"/],
  [['--port', ''], /--port/],
  [['--seed', '1.5'], /--seed: expected a whole number/],
  [['--fault-after', '-1'], /ambiguous|--fault-after/],
  [['--fault-after', 'soon'], /--fault-after: expected a number from 0/],
  [['--unit', '0'], /--unit: expected a whole number from 1 to 247/],
  [['--colour'], /--colour/],
  [['5020'], /5020/],
];

for (const [args, message] of REFUSED) {
  test(`refuses ${JSON.stringify(args)} and says what was expected`, () => {
    assert.throws(() => parsePumpArguments(args), message);
  });
}

test('--help wins over everything else', () => {
  assert.equal(parsePumpArguments(['--fault', 'fire', '--help']), 'help');
});

test.run();
