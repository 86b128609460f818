import {
  isTrapHandlerOffByOption,
  needsTrapHandlerOff,
  type StartFacts,
} from '../../../../host/src/board/trap-handler.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('trap handler');

/** A board with 39-bit addresses where the engine relies on the handler. */
const PI: StartFacts = {
  execArgv: [],
  nodeOptions: undefined,
  hasOption: true,
  space: { bytes: 2 ** 39, bits: 39 },
  reservationBytes: () => 10_737_418_240,
};

test('a process with few addresses in which each memory takes gigabytes of them begins anew', () => {
  assert.ok(needsTrapHandlerOff(PI));
  assert.ok(needsTrapHandlerOff({ ...PI, space: { bytes: 5e11, bits: 47, limitBytes: 5e11 } }));
});

test('one with many addresses goes on as it is, and nothing is tried out there', () => {
  const unasked = (): number => assert.fail('tried out');
  assert.ok(!needsTrapHandlerOff({ ...PI, space: { bytes: 2 ** 47, bits: 47 }, reservationBytes: unasked }));
});

test('one whose memories take no more than their bytes goes on as it is, whatever made it so', () => {
  assert.ok(!needsTrapHandlerOff({ ...PI, reservationBytes: () => 65_536 }));
});

test('one that has the option already does not begin anew for ever, and one that lacks it not at all', () => {
  assert.ok(!needsTrapHandlerOff({ ...PI, execArgv: ['--import', 'x', '--disable-wasm-trap-handler'] }));
  assert.ok(!needsTrapHandlerOff({ ...PI, nodeOptions: '--stack-size=1000  --disable_wasm_trap_handler' }));
  assert.ok(!needsTrapHandlerOff({ ...PI, hasOption: false }));
});

test('an option that only begins alike is another one', () => {
  assert.ok(!isTrapHandlerOffByOption(['--disable-wasm-trap-handlers'], '--disable-wasm'));
});

test.run();
