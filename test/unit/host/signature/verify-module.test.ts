import { signModule, verifyModule } from '../../../../host/src/signature/index.ts';
import { decodeSignatureSection } from '../../../../host/src/signature/signature-section.ts';
import { keyOfSeed, newKey, RFC_SEEDS } from '../../../lib/signing-key.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { customSection, description, edited, moduleOf, PREAMBLE, readVectors, refusal } from './module-parts.ts';

interface Vector {
  readonly name: string;
  readonly layout: 'document' | 'wasmsign2';
  readonly seeds: readonly string[];
  readonly module: string;
  readonly signed: string;
}

const test = suite('signatures of modules');
const [first, second, third] = RFC_SEEDS.map(keyOfSeed) as [
  ReturnType<typeof newKey>,
  ReturnType<typeof newKey>,
  ReturnType<typeof newKey>,
];
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const PUMP = moduleOf([1, 4, 1, 0x60, 0, 0], description());
const SIGNED = signModule(PUMP, first.privateKey);
const CONTENT = PREAMBLE.length + 3 + 'signature'.length;
const keys = [second.publicKey, first.publicKey];

for (const { name, layout, seeds, module, signed } of readVectors<Vector[]>('signed-modules.json')) {
  const signers = seeds.map(keyOfSeed);
  test(`signs and verifies as the peer does: ${name}`, () => {
    const ours = signers.reduce((made, { privateKey }) => signModule(made, privateKey, { layout }), bytes(module));
    assert.equal(Buffer.from(ours).toString('hex'), signed);
    const publicKeys = signers.map(({ publicKey }) => publicKey);
    assert.deepEqual(verifyModule(bytes(signed), [third.publicKey, ...publicKeys]), publicKeys);
  });

  test(`is refused when cut at any byte: ${name}`, () => {
    const whole = bytes(signed);
    for (let length = 0; length < whole.length; length++) {
      const code = length < PREAMBLE.length ? 'WASM_MALFORMED' : undefined;
      const cut = whole.subarray(0, length);
      assert.throws(
        () =>
          verifyModule(
            cut,
            signers.map(({ publicKey }) => publicKey),
          ),
        (error: { code: string }) => (code === undefined ? /^(WASM|SIGNATURE)_/.test(error.code) : error.code === code),
        `${length}`,
      );
    }
  });
}

test('a content that is cut at any byte is malformed, whatever stands behind it', () => {
  for (const { signed } of readVectors<Vector[]>('signed-modules.json')) {
    const whole = bytes(signed);
    const sizeBytes = whole[9]! >= 0x80 ? 2 : 1;
    const start = PREAMBLE.length + 1 + sizeBytes + 1 + 'signature'.length;
    const size = sizeBytes === 1 ? whole[9]! : (whole[9]! & 0x7f) + whole[10]! * 128;
    const end = PREAMBLE.length + 1 + sizeBytes + size;
    decodeSignatureSection(whole, start, end);
    for (let at = start; at < end; at++) refusal(() => decodeSignatureSection(whole, start, at), 'SIGNATURE_MALFORMED');
  }
});

test('finds the change of any one byte but of the key id, which is a hint and decides nothing', () => {
  const keyIdAt = CONTENT + 4 + 1 + 32 + 1 + 1;
  for (let at = 0; at < SIGNED.length; at++) {
    for (const bit of [0x01, 0x80]) {
      const changed = edited(SIGNED, at, 1, [SIGNED[at]! ^ bit]);
      if (at >= keyIdAt && at < keyIdAt + 8) {
        assert.deepEqual(verifyModule(changed, keys), [first.publicKey]);
        continue;
      }
      assert.throws(() => verifyModule(changed, keys), { name: 'GatehouseError' }, `byte ${at}`);
    }
  }
});

test('finds what is put in before, between and behind sections', () => {
  const empty = customSection('x');
  refusal(
    () => verifyModule(edited(SIGNED, PREAMBLE.length, 0, empty), keys),
    'SIGNATURE_MALFORMED',
    /to be the first/,
  );
  const behind = SIGNED.length - PUMP.length + PREAMBLE.length;
  refusal(() => verifyModule(edited(SIGNED, behind, 0, empty), keys), 'SIGNATURE_INVALID', /was changed/);
  refusal(() => verifyModule(edited(SIGNED, SIGNED.length, 0, empty), keys), 'SIGNATURE_INVALID', /was changed/);
});

test('a module without a signature is not signed, whatever its sections are called', () => {
  refusal(() => verifyModule(PUMP, keys), 'SIGNATURE_MISSING', /gatehouse sign/);
  for (const name of ['Signature', 'signature ', 'signature\0', 'signatur\xe9', 'signatur'])
    refusal(() => verifyModule(moduleOf(customSection(name, [1, 1, 1]), description()), keys), 'SIGNATURE_MISSING');
  const stripped = Uint8Array.from([...PREAMBLE, ...SIGNED.subarray(SIGNED.length - PUMP.length + PREAMBLE.length)]);
  assert.deepEqual(stripped, PUMP);
});

test('a signature of an empty module is none of another', () => {
  const section = signModule(PREAMBLE, first.privateKey).subarray(PREAMBLE.length);
  const moved = Uint8Array.from([...PREAMBLE, ...section, ...PUMP.subarray(PREAMBLE.length)]);
  refusal(() => verifyModule(moved, keys), 'SIGNATURE_INVALID', /was changed/);
});

test('two signature sections are refused, the same twice and a second one at the end', () => {
  const section = [...SIGNED.subarray(PREAMBLE.length, SIGNED.length - PUMP.length + PREAMBLE.length)];
  refusal(() => verifyModule(edited(SIGNED, PREAMBLE.length, 0, section), keys), 'SIGNATURE_MALFORMED', /second one/);
  refusal(() => verifyModule(edited(SIGNED, SIGNED.length, 0, section), keys), 'SIGNATURE_MALFORMED', /second one/);
  const hidden = moduleOf(description(), section);
  refusal(() => verifyModule(hidden, keys), 'SIGNATURE_MALFORMED', /to be the first/);
  // The name of the second one in a longer form of its length.
  const longer = [0, 12, 0x89, 0, ...Buffer.from('signature'), 1];
  refusal(() => verifyModule(edited(SIGNED, SIGNED.length, 0, longer), keys), 'SIGNATURE_MALFORMED', /second one/);
});

test('delimiters make it a signature of parts, signed or not', () => {
  const delimiter = customSection('signature_delimiter', Array(16).fill(7));
  const inside = signModule(moduleOf(description()), first.privateKey);
  refusal(() => verifyModule(edited(inside, inside.length, 0, delimiter), keys), 'SIGNATURE_PARTIAL', /delimiter/);
  refusal(
    () => signModule(signModule(moduleOf(description(), delimiter), first.privateKey), second.privateKey),
    'SIGNATURE_PARTIAL',
  );
  refusal(() => verifyModule(moduleOf(description(), delimiter), keys), 'SIGNATURE_MISSING');
});

test('several hashes and several sets of hashes are refused by name', () => {
  refusal(() => verifyModule(edited(SIGNED, CONTENT + 4, 1, [2]), keys), 'SIGNATURE_PARTIAL', /more than one hash/);
  refusal(() => verifyModule(edited(SIGNED, CONTENT + 3, 1, [2]), keys), 'SIGNATURE_PARTIAL', /more than one set/);
  refusal(
    () => verifyModule(edited(SIGNED, CONTENT + 3, 1, [0]), keys),
    'SIGNATURE_MALFORMED',
    /one set of hashes, got none/,
  );
});

test('a version, content type, hash function or algorithm that is not known is refused', () => {
  for (const [offset, what] of [
    [0, /version 1/],
    [1, /content type 1/],
    [2, /hash function 1/],
    [CONTENT - CONTENT + 4 + 1 + 32 + 1 + 1 + 8, /algorithm 1, Ed25519/],
  ] as const)
    for (const value of [0, 2, 0x81])
      refusal(() => verifyModule(edited(SIGNED, CONTENT + offset, 1, [value]), keys), 'SIGNATURE_MALFORMED', what);
});

test('numbers in a longer form than they need are refused, in the head of the section too', () => {
  const size = SIGNED[PREAMBLE.length + 1]!;
  const head = edited(SIGNED, PREAMBLE.length + 1, 1, [size | 0x80, 0]);
  refusal(() => verifyModule(head, keys), 'SIGNATURE_MALFORMED', /shortest form/);
  const name = edited(SIGNED, PREAMBLE.length + 1, 2, [size + 1, 0x89, 0]);
  refusal(() => verifyModule(name, keys), 'SIGNATURE_MALFORMED', /shortest form/);
  const count = edited(edited(SIGNED, CONTENT + 3, 1, [0x81, 0]), PREAMBLE.length + 1, 1, [size + 1]);
  refusal(() => verifyModule(count, keys), 'SIGNATURE_MALFORMED', /shortest form/);
});

/** The bytes with the size of their signature section, which has to take two bytes, changed by so many. */
function resized(bytes: Uint8Array, by: number): Uint8Array {
  const size = (bytes[9]! & 0x7f) + bytes[10]! * 128 + by;
  return edited(bytes, 9, 2, [(size & 0x7f) | 0x80, size >> 7]);
}

test('bytes behind the last signature are refused, zeros too', () => {
  const both = signModule(SIGNED, second.privateKey);
  const end = both.length - PUMP.length + PREAMBLE.length;
  assert.deepEqual(verifyModule(resized(both, 0), keys), keys);
  for (const byte of [0, 1])
    refusal(
      () => verifyModule(resized(edited(both, end, 0, [byte]), 1), keys),
      'SIGNATURE_MALFORMED',
      /end of the section/,
    );
});

test('lengths that do not fit are refused in the layout of wasmsign2', () => {
  const both = signModule(signModule(PUMP, first.privateKey, { layout: 'wasmsign2' }), second.privateKey);
  const recordAt = PREAMBLE.length + 4 + 'signature'.length + 4 + 2 + 1 + 32 + 1;
  assert.equal(both[recordAt], 1 + 8 + 1 + 1 + 64);
  for (const length of [0, 74, 76]) {
    const changed = edited(both, recordAt, 1, [length]);
    refusal(() => verifyModule(changed, keys), 'SIGNATURE_MALFORMED', /a record of/);
  }
});

test('an unknown key is told from a signature that is not by the key it names', () => {
  refusal(() => verifyModule(SIGNED, [second.publicKey]), 'SIGNATURE_UNTRUSTED', /no trusted key signed/);
  refusal(() => verifyModule(SIGNED, []), 'SIGNATURE_UNTRUSTED', /trusts no key/);
  const keyIdAt = CONTENT + 4 + 1 + 32 + 1 + 1;
  const borrowed = edited(SIGNED, keyIdAt, 8, [...second.publicKey.id]);
  refusal(() => verifyModule(borrowed, keys), 'SIGNATURE_INVALID', /says that it is by the key/);
  const nameless = edited(SIGNED, keyIdAt - 1, 9, [0]);
  nameless[PREAMBLE.length + 1]! -= 8;
  assert.deepEqual(verifyModule(nameless, keys), [first.publicKey]);
});

test('one key signs once; signatures of others stay; nine are too many', () => {
  const both = signModule(SIGNED, second.privateKey);
  assert.deepEqual(verifyModule(both, keys), keys);
  assert.deepEqual(signModule(both, second.privateKey), both);
  assert.deepEqual(verifyModule(signModule(both, first.privateKey, { replace: true }), keys), [first.publicKey]);
  const full = Array.from({ length: 8 }, newKey).reduce((made, key) => signModule(made, key.privateKey), PUMP);
  refusal(() => signModule(full, first.privateKey), 'SIGNATURE_MALFORMED', /at most 8/);
});

test('the same signature twice in a section is refused', () => {
  const record = [...SIGNED.subarray(CONTENT + 4 + 1 + 32 + 1, SIGNED.length - PUMP.length + PREAMBLE.length)];
  const end = SIGNED.length - PUMP.length + PREAMBLE.length;
  const twice = edited(edited(SIGNED, end, 0, record), CONTENT + 4 + 1 + 32, 1, [2]);
  const size = SIGNED[PREAMBLE.length + 1]! + record.length;
  const whole = edited(twice, PREAMBLE.length + 1, 1, [(size & 0x7f) | 0x80, size >> 7]);
  refusal(() => verifyModule(whole, keys), 'SIGNATURE_MALFORMED', /a key only once/);
});

test('what has been changed since it was signed is not signed again unless the signatures are replaced', () => {
  const changed = edited(SIGNED, SIGNED.length - 1, 1, [0x20]);
  refusal(() => signModule(changed, second.privateKey), 'SIGNATURE_INVALID');
  assert.deepEqual(verifyModule(signModule(changed, second.privateKey, { replace: true }), keys), [second.publicKey]);
});

test('a signature with its second half raised by the order of the group is another encoding, and refused', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const at = CONTENT + 4 + 1 + 32 + 1 + 1 + 8 + 2 + 32;
  const half = Buffer.from(SIGNED.subarray(at, at + 32)).reverse();
  const raised = BigInt(`0x${half.toString('hex')}`) + order;
  const bytesOfRaised = Buffer.from(raised.toString(16).padStart(64, '0'), 'hex').reverse();
  refusal(() => verifyModule(edited(SIGNED, at, 32, [...bytesOfRaised]), keys), 'SIGNATURE_INVALID');
});

test('a key id longer than 32 bytes is refused, one of 32 bytes is only another hint', () => {
  const countAt = CONTENT + 4 + 1 + 32 + 1;
  const withKeyId = (bytes: number): Uint8Array => {
    const made = edited(SIGNED, countAt, 9, [bytes, ...Array(bytes).fill(1)]);
    const size = SIGNED[PREAMBLE.length + 1]! - 8 + bytes;
    return edited(made, PREAMBLE.length + 1, 1, size < 128 ? [size] : [(size & 0x7f) | 0x80, size >> 7]);
  };
  assert.deepEqual(verifyModule(withKeyId(32), keys), [first.publicKey]);
  refusal(() => verifyModule(withKeyId(33), keys), 'SIGNATURE_MALFORMED', /key id of at most 32/);
});

test('a file of nothing but sections ends the search after a bounded number', () => {
  const many = moduleOf(...Array.from({ length: 1_100 }, () => [0, 1, 0]));
  refusal(() => verifyModule(many, keys), 'WASM_LIMIT', /sections/);
});

test.run();
