import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, TARGETS } from '../../test-lib/module-rig.ts';
import { Decoders } from './decoders-rig.ts';

const test = suite('ble-sensors decoders', { timeoutMs: 120_000 });

function vectors<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`../../../test/vectors/ble/${name}.json`, import.meta.url), 'utf8')) as T[];
}
const RUUVI = vectors<{ case: string; data: string; values: Json }>('ruuvi');
const BTHOME = vectors<{ example: string; result: unknown; values: Json }>('bthome');
const ENVIRONMENT = vectors<{ uuid: string; data: string; values: Json }>('environment');
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

for (const target of TARGETS) {
  const decoders = await Decoders.open(target);
  const bthome = (text: string) => decoders.bthome(hex(text));

  test(`${target}: Ruuvi's vectors of formats 3, 5 and 6 are read as its documentation reads them`, () => {
    assert.equal(RUUVI.length, 11);
    for (const { data, values } of RUUVI) assert.deepEqual(decoders.ruuvi(hex(data)), values, data);
  });

  test(`${target}: Ruuvi data that is cut, longer or of another format is refused`, () => {
    for (const { data } of RUUVI) {
      const whole = hex(data);
      for (let bytes = 0; bytes < whole.byteLength; bytes++)
        assert.equal(decoders.ruuvi(whole.subarray(0, bytes)), undefined, `${data}, ${bytes} bytes`);
      assert.equal(decoders.ruuvi(Buffer.concat([whole, hex('00')])), undefined);
      for (const format of [0, 2, 4, 7, 8, 0xc5, 0xe1])
        assert.equal(decoders.ruuvi(Buffer.concat([Buffer.of(format), whole.subarray(1)])), undefined);
    }
    assert.equal(decoders.ruuvi(hex('03291A64CE1EFC18F94202CA0B53')), undefined, 'a hundred hundredths');
  });

  test(`${target}: every example of the tables of BTHome yields its result`, () => {
    assert.equal(new Set(BTHOME.map(({ example }) => example.slice(0, 2))).size, 93);
    for (const { example, values } of BTHOME)
      assert.deepEqual(bthome(`40${example}`), { outcome: 'decoded', values }, example);
  });

  test(`${target}: several objects come together, one that comes again gets a number`, () => {
    assert.deepEqual(bthome('4402CA0903BF13').values, { temperatureCel: 25.06, humidityPct: 50.55 });
    assert.deepEqual(bthome('40020A0002140045280057FF').values, {
      temperatureCel: 0.1,
      temperatureCel2: 0.2,
      temperatureCel3: 4,
      temperatureCel4: -1,
    });
    assert.deepEqual(bthome('403A003A01').values, { button: 'none', button2: 'press' });
  });

  test(`${target}: BTHome data that is cut, has no object, another version or a value that cannot be is refused`, () => {
    for (const { example } of BTHOME) {
      const whole = hex(`40${example}`);
      for (let bytes = 0; bytes < whole.byteLength; bytes++)
        assert.equal(decoders.bthome(whole.subarray(0, bytes)).outcome, 'malformed', `${example}, ${bytes} bytes`);
    }
    for (const data of ['', '40', '00', '2002CA09', '6002CA09', '400F02', '403A07', '403A81', '403C0301', '4053FF41'])
      assert.equal(bthome(data).outcome, 'malformed', data);
  });

  test(`${target}: encrypted BTHome data is told apart, and an object that nobody knows ends what is read`, () => {
    assert.equal(bthome('41a47266c95f730011223378237214').outcome, 'encrypted');
    assert.deepEqual(bthome('4002CA097001FF'), { outcome: 'partly', values: { temperatureCel: 25.06 } });
    assert.equal(bthome('407001FF').outcome, 'malformed');
  });

  test(`${target}: characteristics are read by their layout, one that is not known is left out`, () => {
    assert.equal(new Set(ENVIRONMENT.map(({ uuid }) => uuid)).size, 19);
    for (const { uuid, data, values } of ENVIRONMENT)
      assert.deepEqual(decoders.environment(Number.parseInt(uuid, 16), hex(data)), values, `${uuid} ${data}`);
  });

  test(`${target}: characteristics of another length, out of range or unknown are refused`, () => {
    for (const { uuid, data } of ENVIRONMENT) {
      const id = Number.parseInt(uuid, 16);
      for (let bytes = 0; bytes < data.length / 2; bytes++)
        assert.equal(decoders.environment(id, hex(data).subarray(0, bytes)), undefined, `${uuid}, ${bytes} bytes`);
      assert.equal(decoders.environment(id, hex(`${data}00`)), undefined, uuid);
    }
    for (const [id, data] of [
      [0x2a19, '65'],
      [0x2a6e, '4c95'],
      [0x2a6f, '1127'],
      [0x2a71, 'a08c'],
      [0x2a73, 'a08c'],
      [0x2a6b, '00'],
      [0x180f, '00'],
    ] as const)
      assert.equal(decoders.environment(id, hex(data)), undefined, `${id.toString(16)} ${data}`);
  });

  test(`${target}: any bytes are taken without a trap, and only numbers, texts and flags come out`, () => {
    const data = fc.uint8Array({ maxLength: 60 });
    const nearly = fc
      .tuple(fc.constantFrom(...RUUVI.map((v) => v.data), ...BTHOME.map((v) => `40${v.example}`)), data, fc.nat(40))
      .map(([text, noise, at]) => {
        const bytes = Buffer.concat([hex(text), noise]);
        if (at < bytes.byteLength) bytes[at]! ^= 0x55;
        return bytes;
      });
    const property = fc.property(fc.oneof(data, nearly), fc.constantFrom(0x2a6d, 0x2a6e, 0x2a75), (bytes, uuid) => {
      for (const values of [decoders.ruuvi(bytes), decoders.bthome(bytes).values, decoders.environment(uuid, bytes)])
        for (const value of Object.values(values ?? {}))
          assert.ok(value !== null && typeof value !== 'object', String(value));
    });
    fc.assert(property, { numRuns: target === 'release' ? 20_000 : 2_000 });
  });
}

test.run();
