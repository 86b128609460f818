import { assert, suite } from '../../../test/lib/suite.ts';
import { block, TABLE } from '../../test-lib/modbus-payloads.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('modbus-translate register types', { timeoutMs: 120_000 });
const ready = await readyModule('modbus-translate');

const ORDERS = ['ABCD', 'CDAB', 'BADC', 'DCBA', 'big', 'little'] as const;
type Order = (typeof ORDERS)[number];

/** How DataView writes each type, most significant byte first. */
const WRITE: Record<string, { bytes: number; write: (view: DataView, value: number) => void; values: number[] }> = {
  u16: { bytes: 2, write: (view, v) => view.setUint16(0, v), values: [0, 1, 0x1234, 0x8000, 0xffff] },
  i16: { bytes: 2, write: (view, v) => view.setInt16(0, v), values: [0, -1, 0x1234, -0x8000, 0x7fff] },
  u32: { bytes: 4, write: (view, v) => view.setUint32(0, v), values: [0, 1, 0x12345678, 0x80000000, 0xffffffff] },
  i32: { bytes: 4, write: (view, v) => view.setInt32(0, v), values: [0, -1, 0x12345678, -0x80000000, 0x7fffffff] },
  u64: {
    bytes: 8,
    write: (view, v) => view.setBigUint64(0, BigInt(v)),
    values: [0, 0x123456789abcd, 2 ** 53, 2 ** 63],
  },
  i64: { bytes: 8, write: (view, v) => view.setBigInt64(0, BigInt(v)), values: [0, -1, -(2 ** 53), 0x123456789abcd] },
  f32: {
    bytes: 4,
    write: (view, v) => view.setFloat32(0, v),
    values: [0, 1.5, -13.25, 2 ** -149, 3.4028234663852886e38],
  },
  f64: { bytes: 8, write: (view, v) => view.setFloat64(0, v), values: [0, 0.1, -1e300, 5e-324, Math.PI] },
};

/** The words of a value as a device with that order lays them out. */
function words(type: string, value: number, order: Order): number[] {
  const { bytes, write } = WRITE[type]!;
  const view = new DataView(new ArrayBuffer(bytes));
  write(view, value);
  const swapsBytes = order === 'BADC' || order === 'DCBA';
  const swapsWords = order === 'CDAB' || order === 'DCBA' || order === 'little';
  const list = Array.from({ length: bytes / 2 }, (_, index) => view.getUint16(index * 2, swapsBytes));
  return swapsWords ? list.reverse() : list;
}

function translate(rig: ModuleRig, register: Json, table: number, values: readonly number[]): Json {
  const name = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' }[table]!;
  rig.desired({ device: 'd', poll: 'p', registers: { x: { address: `${name}:7`, ...register } } });
  rig.take();
  rig.answer(1, 0, Buffer.concat([block(TABLE.coil, 0, [1, 0, 1]), block(table, 7, values)]));
  assert.equal((rig.reported['map'] as Json)['status'], 'accepted', JSON.stringify(rig.reported['map']));
  const [message] = rig.take();
  return message!;
}

for (const target of TARGETS) {
  const open = (): ModuleRig => new ModuleRig(ready.wasm(target)).start();

  test(`${target}: every type in every word order reads what DataView wrote`, () => {
    const rig = open();
    for (const [type, { values }] of Object.entries(WRITE)) {
      for (const wordOrder of ORDERS) {
        for (const value of values) {
          const message = translate(rig, { type, wordOrder }, TABLE.holding, words(type, value, wordOrder));
          assert.equal(message['x'], value, `${type} ${wordOrder} ${value}`);
        }
      }
    }
  });

  test(`${target}: scale and offset leave no digits that they do not have themselves`, () => {
    const rig = open();
    for (let raw = 0; raw < 1000; raw += 7) {
      assert.equal(translate(rig, { scale: 0.1 }, TABLE.input, [raw])['x'], Number((raw / 10).toFixed(1)));
      assert.equal(
        translate(rig, { scale: 0.01, offset: -2.5 }, TABLE.input, [raw])['x'],
        Number((raw / 100 - 2.5).toFixed(2)),
      );
    }
    assert.equal(translate(rig, { scale: 0.1, type: 'i16' }, TABLE.input, [0xfffd])['x'], -0.3);
    assert.equal(translate(rig, { scale: 1 / 3 }, TABLE.input, [10])['x'], 10 * (1 / 3));
    assert.equal(translate(rig, { scale: 1e-9 }, TABLE.input, [123])['x'], 1.23e-7);
    assert.equal(translate(rig, { type: 'f32' }, TABLE.input, words('f32', 12.3, 'big'))['x'], Math.fround(12.3));
    assert.equal(translate(rig, { type: 'f32', decimals: 1 }, TABLE.input, words('f32', 12.3, 'big'))['x'], 12.3);
  });

  test(`${target}: coils, discrete inputs and bools are 0 or 1, also one bit of a register`, () => {
    const rig = open();
    assert.equal(translate(rig, {}, TABLE.discrete, [1])['x'], 1);
    assert.equal(translate(rig, { type: 'bool' }, TABLE.discrete, [0])['x'], 0);
    assert.equal(translate(rig, { type: 'bool' }, TABLE.holding, [0x0100])['x'], 1);
    for (let bit = 0; bit < 16; bit++) {
      assert.equal(translate(rig, { type: 'bool', bit }, TABLE.holding, [1 << bit])['x'], 1);
      assert.equal(translate(rig, { type: 'bool', bit }, TABLE.holding, [0xffff ^ (1 << bit)])['x'], 0);
    }
    assert.equal(translate(rig, { type: 'bool', bit: 0, wordOrder: 'BADC' }, TABLE.holding, [0x0100])['x'], 1);
  });

  test(`${target}: what is no number is left out and named`, () => {
    const rig = open();
    const time = rig.timeMs;
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const message = translate(rig, { type: 'f32' }, TABLE.input, words('f32', bad, 'big'));
      assert.deepEqual(message, { device: 'd', time, invalid: ['x'] });
    }
    assert.deepEqual(translate(rig, { invalid: 65_535, scale: 0.1 }, TABLE.input, [65_535])['invalid'], ['x']);
    assert.equal(translate(rig, { invalid: 65_535, scale: 0.1 }, TABLE.input, [65_534])['x'], 6553.4);
    assert.deepEqual(translate(rig, { type: 'i16', invalid: -32_768 }, TABLE.input, [0x8000])['invalid'], ['x']);
  });
}

test.run();
