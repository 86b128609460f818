import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('modbus-translate map mistakes', { timeoutMs: 120_000 });
const ready = await readyModule('modbus-translate');

const ADDRESS = 'coil:N, discrete:N, holding:N or input:N, N from 0 to 65535';
const NAME = '1 to 64 of A-Z a-z 0-9 . _ -';
const map = (register: unknown, name = 'x'): Json => ({ device: 'd', poll: 'p', registers: { [name]: register } });
const withAddress = (more: Json, address = 'holding:0'): Json => map({ address, ...more });

/** A map, and the place, expectation and value that are reported. */
const MISTAKES: [Json, string, string, unknown?][] = [
  [{ poll: 'p', registers: { x: { address: 'coil:0' } } }, 'device', NAME],
  [{ device: '', poll: 'p', registers: { x: { address: 'coil:0' } } }, 'device', NAME, ''],
  [{ device: 'd', registers: { x: { address: 'coil:0' } } }, 'poll', NAME],
  [{ device: 'd', poll: 'p' }, 'registers', 'an object'],
  [{ device: 'd', poll: 'p', registers: [] }, 'registers', 'an object', []],
  [{ device: 'd', poll: 'p', registers: {} }, 'registers', '1 to 128 registers', {}],
  [{ ...map({ address: 'coil:0' }), speed: 3 }, 'speed', 'no such key', 3],
  [map(7), 'registers.x', 'an object', 7],
  [map({ address: 'coil:0' }, 'a b'), 'registers.a b', NAME, 'a b'],
  [
    map({ address: 'coil:0' }, 'time'),
    'registers.time',
    'a name other than device, time and invalid',
    { address: 'coil:0' },
  ],
  [map({}), 'registers.x.address', ADDRESS],
  [map({ address: 5 }), 'registers.x.address', ADDRESS, 5],
  [map({ address: 'holding' }), 'registers.x.address', ADDRESS, 'holding'],
  [map({ address: 'holding:' }), 'registers.x.address', ADDRESS, 'holding:'],
  [map({ address: 'holding:65536' }), 'registers.x.address', ADDRESS, 'holding:65536'],
  [map({ address: 'holding:-1' }), 'registers.x.address', ADDRESS, 'holding:-1'],
  [map({ address: 'holding:1-2' }), 'registers.x.address', ADDRESS, 'holding:1-2'],
  [map({ address: 'Holding:1' }), 'registers.x.address', ADDRESS, 'Holding:1'],
  [
    withAddress({ type: 'f64' }, 'holding:65533'),
    'registers.x.address',
    'room for 4 words up to address 65535',
    'holding:65533',
  ],
  [withAddress({ type: 'float' }), 'registers.x.type', 'u16, i16, u32, i32, u64, i64, f32, f64 or bool', 'float'],
  [withAddress({ type: 'u16' }, 'coil:0'), 'registers.x.type', 'bool for a coil or discrete input', 'u16'],
  [withAddress({ bit: 16, type: 'bool' }), 'registers.x.bit', 'a whole number from 0 to 15', 16],
  [withAddress({ bit: 1 }), 'registers.x.bit', 'no bit except for a bool in a holding or input register', 1],
  [withAddress({ wordOrder: 'ACBD' }), 'registers.x.wordOrder', 'big, little, ABCD, CDAB, BADC or DCBA', 'ACBD'],
  [
    withAddress({ wordOrder: 'big' }, 'coil:0'),
    'registers.x.wordOrder',
    'no word order for a coil or discrete input',
    'big',
  ],
  [withAddress({ scale: 0 }), 'registers.x.scale', 'a number other than 0', 0],
  [withAddress({ scale: '0.1' }), 'registers.x.scale', 'a number', '0.1'],
  [withAddress({ scale: 2 }, 'coil:0'), 'registers.x.scale', 'no scale for a bool', 2],
  [withAddress({ offset: true }), 'registers.x.offset', 'a number', true],
  [withAddress({ decimals: 10 }), 'registers.x.decimals', 'a whole number from 0 to 9', 10],
  [withAddress({ decimals: 1.5 }), 'registers.x.decimals', 'a whole number from 0 to 9', 1.5],
  [withAddress({ invalid: 'no' }), 'registers.x.invalid', 'a number', 'no'],
  [withAddress({ unit: '' }), 'registers.x.unit', '1 to 128 characters', ''],
  [withAddress({ units: 'bar' }), 'registers.x.units', 'no such key', 'bar'],
];

for (const target of TARGETS) {
  test(`${target}: each mistake is reported with its place, what was expected and what came`, () => {
    for (const [settings, path, expected, got] of MISTAKES) {
      const rig = new ModuleRig(ready.wasm(target)).start(settings);
      const { error, status } = rig.reported['map'] as { error: Json; status: string };
      assert.equal(status, 'refused', JSON.stringify(settings));
      assert.deepEqual(error, { path, expected, ...(got !== undefined && { got }) });
      assert.ok(rig.logs[0]!.startsWith(`${path}: expected ${expected}`), rig.logs[0]);
    }
  });

  test(`${target}: the twin counts all mistakes of a map and the log has each of the first eight`, () => {
    const registers = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`r${n}`, { address: `holding:${n}`, type: 'x' }]),
    );
    const rig = new ModuleRig(ready.wasm(target)).start({ device: 'd', poll: 'p', registers });
    assert.equal((rig.reported['map'] as Json)['errors'], 20);
    assert.equal(rig.logs.length, 8);
  });

  test(`${target}: 128 registers are accepted and one more is not`, () => {
    const registers = (count: number): Json =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`r${n}`, { address: `holding:${n}`, unit: 'bar' }]));
    const rig = new ModuleRig(ready.wasm(target)).start({ device: 'd', poll: 'p', registers: registers(128) });
    assert.equal((rig.reported['map'] as Json)['status'], 'waiting');
    rig.desired({ device: 'd', poll: 'p', registers: registers(129) });
    assert.equal(((rig.reported['map'] as Json)['error'] as Json)['expected'], '1 to 128 registers');
  });
}

test.run();
