import { parseAirArguments } from '../../../../../tools/simulators/ble/arguments.ts';
import { parseSensorArguments } from '../../../../../tools/simulators/ble/sensor-arguments.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('command lines of air and sensor');

test('without options there are two controllers with ttys in a folder of the program', () => {
  const defaults = { folder: undefined, controllers: 2, hasTtys: true, endsWithStdin: false };
  assert.deepEqual(parseAirArguments([]), defaults);
  assert.equal(parseAirArguments(['--help', '--controllers', 'x']), 'help');
});

test('a sensor needs its tty, and has a name, an interval and a seed of its own', () => {
  const defaults = { tty: '/x', name: 'gatehouse-sensor', intervalMs: 1000, seed: 1, endsWithStdin: false };
  assert.deepEqual(parseSensorArguments(['--tty', '/x']), defaults);
  assert.equal(parseSensorArguments(['--help']), 'help');
});

const REFUSED: readonly [string[], RegExp][] = [
  [[], /--tty: expected the path/],
  [['--tty', ''], /--tty: expected the path/],
  [['--tty', '/x', '--name', ''], /--name: expected 1 to 29 ASCII characters/],
  [['--tty', '/x', '--name', 'x'.repeat(30)], /--name/],
  [['--tty', '/x', '--name', 'Kühlraum'], /--name/],
  [['--tty', '/x', '--interval-ms', '9'], /--interval-ms: expected a whole number from 10/],
  [['--tty', '/x', '--interval-ms', '1e3'], /--interval-ms/],
  [['--tty', '/x', '--seed', '-1'], /--seed/],
  [['--tty', '/x', '--colour', 'red'], /--colour/],
];

for (const [args, complaint] of REFUSED) {
  test(`refuses ${args.join(' ') || 'nothing'}`, () => {
    assert.throws(() => parseSensorArguments(args), complaint);
  });
}

for (const text of ['0', '65', '', '1.5', 'two']) {
  test(`refuses "${text}" controllers`, () => {
    assert.throws(
      () => parseAirArguments(['--controllers', text]),
      /--controllers: expected a whole number from 1 to 64/,
    );
  });
}

test.run();
