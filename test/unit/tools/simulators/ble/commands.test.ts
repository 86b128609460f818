import { COMMANDS } from '../../../../../tools/simulators/ble/command-table.ts';
import { OPCODE } from '../../../../../tools/simulators/ble/hci-codes.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { openRig, type Seen } from './air-rig.ts';

const test = suite('commands of a controller');
const statusOf = ([kind, , status]: Seen): unknown => [kind, status];

test('[BT-4-E-4.4] a command that is not known is answered so', () => {
  const [host] = openRig(1).hosts;
  for (const opcode of [0x2016, 0x2019, 0x0000, 0xfc01, 0xffff])
    assert.deepEqual(host!.command(opcode, 1, 2, 3), [['status', opcode, 0x01]]);
  assert.equal(host!.controller.counters.unknownCommands, 5);
});

test('every command refuses parameters that are shorter or longer than its own', () => {
  const [host] = openRig(1).hosts;
  assert.equal(COMMANDS.size, Object.keys(OPCODE).length);
  for (const [opcode, { parameterBytes, answer }] of COMMANDS) {
    for (const byteLength of [parameterBytes - 1, parameterBytes + 1, 255]) {
      if (byteLength < 0) continue;
      const [seen, ...rest] = host!.command(opcode, ...new Array<number>(byteLength).fill(0));
      assert.deepEqual([statusOf(seen!), rest], [[answer, 0x12], []], `${opcode.toString(16)} with ${byteLength}`);
    }
  }
});

test('tells a host at its start what it is: an LE controller with its address, and room for 8 packets of 251 bytes', () => {
  const host = openRig(3).hosts[2]!;
  const result = (name: Parameters<typeof host.command>[0], ...parameters: number[]): unknown => {
    const [seen] = host.command(name, ...parameters);
    return seen!.slice(2);
  };
  assert.deepEqual(result('reset'), [0, '']);
  assert.deepEqual(result('readLocalVersion'), [0, '09000009f1050000']);
  assert.deepEqual(result('readDeviceAddress'), [0, '02000001aa00']);
  assert.deepEqual(result('leReadBufferSize'), [0, 'fb0008']);
  assert.deepEqual(result('readBufferSize'), [0, 'fb000008000000']);
  assert.deepEqual(result('leReadFeatures'), [0, '0000000000000000']);
  assert.deepEqual(result('writeLeHostSupport', 1, 0), [0, '']);
  assert.deepEqual(result('readLeHostSupport'), [0, '0100']);
  assert.deepEqual(result('leReadAdvertisingPower'), [0, '00']);
});

test.run();
