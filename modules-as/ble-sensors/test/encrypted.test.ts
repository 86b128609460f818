import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, TARGETS } from '../../test-lib/module-rig.ts';
import { Decoders } from './decoders-rig.ts';

const test = suite('ble-sensors encrypted BTHome', { timeoutMs: 120_000 });
const file = new URL('../../../test/vectors/ble/bthome-encrypted.json', import.meta.url);
const VECTORS = JSON.parse(readFileSync(file, 'utf8')) as { key: string; mac: string; data: string; values: Json }[];
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const KEY = hex('231d39c1d7cc1ab1aee224cd096db932');
const MAC = hex('5448e68f80a5');

/** Encrypts as OpenSSL does. */
function sealed(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): { encrypted: Buffer; tag: Buffer } {
  const cipher = createCipheriv('aes-128-ccm', key, nonce, { authTagLength: 4 });
  const encrypted = cipher.update(plain);
  cipher.final();
  return { encrypted, tag: cipher.getAuthTag() };
}

/** Service data of BTHome as a device with the key would send it. */
function bthomeData(objects: string, counter: number, head = 0x41): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(counter);
  const nonce = Buffer.concat([MAC, hex('d2fc'), Buffer.of(head), count]);
  const { encrypted, tag } = sealed(KEY, nonce, hex(objects));
  return Buffer.concat([Buffer.of(head), encrypted, count, tag]);
}

for (const target of TARGETS) {
  const decoders = await Decoders.open(target);

  test(`${target}: [FIPS-197-C.1] AES-128 encrypts the example of its standard`, () => {
    const block = decoders.encryptBlock(
      hex('000102030405060708090a0b0c0d0e0f'),
      hex('00112233445566778899aabbccddeeff'),
    );
    assert.equal(block.toString('hex'), '69c4e0d86a7b0430d8cdb78070b4c55a');
  });

  test(`${target}: AES-128 encrypts any block with any key as OpenSSL does`, () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const property = fc.property(bytes, bytes, (key, block) => {
      const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
      assert.deepEqual(decoders.encryptBlock(key, block), cipher.update(block));
    });
    fc.assert(property, { numRuns: target === 'release' ? 2_000 : 200 });
  });

  test(`${target}: decrypts what OpenSSL encrypted with AES-CCM, of any length, and refuses one bit of difference`, () => {
    const property = fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.uint8Array({ minLength: 13, maxLength: 13 }),
      fc.uint8Array({ minLength: 1, maxLength: 245 }),
      fc.nat(),
      (key, nonce, plain, place) => {
        const { encrypted, tag } = sealed(key, nonce, plain);
        assert.deepEqual(decoders.decrypt(key, nonce, encrypted, tag), Buffer.from(plain));
        const all = Buffer.concat([encrypted, tag]);
        all[place % all.byteLength]! ^= 1 << (place % 8);
        const changed = [all.subarray(0, plain.byteLength), all.subarray(plain.byteLength)] as const;
        assert.equal(decoders.decrypt(key, nonce, ...changed), undefined);
      },
    );
    fc.assert(property, { numRuns: target === 'release' ? 2_000 : 200 });
  });

  test(`${target}: decodes the published example of an encrypted advertisement`, () => {
    assert.equal(VECTORS.length, 1);
    for (const { key, mac, data, values } of VECTORS) {
      decoders.useKey(hex(key), hex(mac));
      assert.deepEqual(decoders.bthomeWithKey(hex(data)), { outcome: 'decoded', values });
    }
  });

  test(`${target}: another key, another address, a changed or cut advertisement is not decoded`, () => {
    const whole = hex(VECTORS[0]!.data);
    const refused = (data: Uint8Array): void => {
      const { outcome, values } = decoders.bthomeWithKey(data);
      assert.ok(outcome === 'encrypted' || outcome === 'malformed', outcome);
      assert.deepEqual(values, {});
    };
    decoders.useKey(hex('231d39c1d7cc1ab1aee224cd096db933'), MAC);
    refused(whole);
    decoders.useKey(KEY, hex('5448e68f80a6'));
    refused(whole);
    decoders.useKey(KEY, MAC);
    for (let bytes = 1; bytes < whole.byteLength; bytes++) refused(whole.subarray(0, bytes));
    for (let bit = 0; bit < whole.byteLength * 8; bit++) {
      const changed = Buffer.from(whole);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      refused(changed);
    }
  });

  test(`${target}: a counter that goes back is refused, but for that of a device that begins anew`, () => {
    decoders.useKey(KEY, MAC);
    const outcome = (counter: number): string => decoders.bthomeWithKey(bthomeData('0161', counter)).outcome;
    assert.deepEqual([5_000, 5_000, 5_001, 5_000, 4_999, 100].map(outcome), [
      ...['decoded', 'decoded', 'decoded'],
      ...['replayed', 'replayed', 'replayed'],
    ]);
    assert.deepEqual([99, 100, 99, 4_294_967_295].map(outcome), ['decoded', 'decoded', 'decoded', 'decoded']);
  });

  test(`${target}: what was encrypted is judged like what was not`, () => {
    decoders.useKey(KEY, MAC);
    assert.equal(decoders.bthomeWithKey(bthomeData('02CA', 1)).outcome, 'malformed');
    assert.equal(decoders.bthomeWithKey(bthomeData('0F02', 2)).outcome, 'malformed');
    const { outcome, values } = decoders.bthomeWithKey(bthomeData('3A0170', 3, 0x45));
    assert.deepEqual([outcome, values], ['partly', { button: 'press' }]);
  });
}

test.run();
