import {
  decodeSignedTrustList,
  decodeTrustList,
  matchesName,
  parsePublicKey,
  signTrustList,
  verifyTrustList,
} from '../../../../host/src/signature/index.ts';
import { keyOfSeed, newKey, RFC_SEEDS } from '../../../lib/signing-key.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { readVectors, refusal } from './module-parts.ts';

const test = suite('lists of trusted keys');
const root = keyOfSeed(RFC_SEEDS[0]);
const key = keyOfSeed(RFC_SEEDS[1]);
const KEYS = [{ key: key.publicKey.text, modules: ['acme.*', 'pump'], comment: 'Acme' }];
const TEXT = signTrustList({ version: 3, keys: [{ ...key.publicKey, modules: ['acme.*'] }] }, root.privateKey);

/** What is wrong with an unsigned list. */
const faults = (list: unknown): string[] =>
  decodeTrustList(JSON.stringify(list), 'keys.json').problems.map(({ code, path, message }) => {
    assert.ok(code === 'TRUST_INVALID' || code === 'JSON_SYNTAX', code);
    return `${path}: ${message}`;
  });

interface Vector {
  readonly name: string;
  readonly list: { readonly version: number; readonly signature: string };
}

for (const { name, list } of readVectors<Vector[]>('trust-lists.json')) {
  test(`signs and verifies as the peer does: ${name}`, () => {
    const { value, problems } = decodeSignedTrustList(JSON.stringify(list), 'trust.json');
    assert.deepEqual(problems, []);
    assert.ok(value !== undefined);
    verifyTrustList(value, [root.publicKey]);
    assert.deepEqual(JSON.parse(signTrustList(value, root.privateKey)), list);
  });
}

test('a list that is cut at any byte, or with any one character changed, is not signed', () => {
  const accepted = (text: string): boolean => {
    const { value } = decodeSignedTrustList(text, 'trust.json');
    if (value === undefined) return false;
    try {
      verifyTrustList(value, [root.publicKey]);
      return true;
    } catch {
      return false;
    }
  };
  assert.ok(accepted(TEXT));
  const end = TEXT.lastIndexOf('}') + 1;
  for (let at = 0; at < end; at++) {
    assert.ok(!accepted(TEXT.slice(0, at)), `cut at ${at}`);
    if (/\s/.test(TEXT[at]!)) continue;
    const other = TEXT[at] === 'A' ? 'B' : 'A';
    assert.ok(!accepted(`${TEXT.slice(0, at)}${other}${TEXT.slice(at + 1)}`), `changed at ${at}`);
  }
});

test('is signed by one of the pinned root keys, not by one that it brings along', () => {
  const { value } = decodeSignedTrustList(TEXT, 'trust.json');
  assert.ok(value !== undefined);
  refusal(() => verifyTrustList(value, []), 'TRUST_INVALID', /none of the root keys/);
  refusal(() => verifyTrustList(value, [newKey().publicKey]), 'TRUST_INVALID', /none of the root keys/);
  verifyTrustList(value, [newKey().publicKey, root.publicKey]);
  const claimed = { ...value, rootKey: newKey().publicKey };
  refusal(() => verifyTrustList(claimed, [claimed.rootKey]), 'TRUST_INVALID', /changed after it was signed/);
});

test('a root key signs lists and no modules, whichever of the pinned ones it is', () => {
  const list = { version: 1, keys: [{ ...root.publicKey, modules: ['*'] }] };
  refusal(() => signTrustList(list, root.privateKey), 'TRUST_INVALID', /among the keys/);
  const other = newKey();
  const { value } = decodeSignedTrustList(signTrustList(list, other.privateKey), 'trust.json');
  assert.ok(value !== undefined);
  verifyTrustList(value, [other.publicKey]);
  refusal(() => verifyTrustList(value, [other.publicKey, root.publicKey]), 'TRUST_INVALID', /among the keys/);
});

test('a key that appears twice is refused, so that one entry cannot hide what another says', () => {
  assert.deepEqual(faults({ version: 1, keys: [KEYS[0], { ...KEYS[0], modules: ['*'] }] }), [
    `keys: expected each key only once, got ${key.publicKey.text} again`,
  ]);
  const twice = `{"version":1,"keys":[],"keys":${JSON.stringify(KEYS)}}`;
  assert.equal(decodeTrustList(twice, 'keys.json').value, undefined);
});

test('patterns are names, or beginnings with one * at the end', () => {
  for (const pattern of [
    '',
    '**',
    'a*b',
    '*a',
    'a b',
    'a/b',
    'ä*',
    'a'.repeat(129),
    `${'a'.repeat(128)}*`,
    '__proto__*\n',
  ])
    assert.equal(faults({ version: 1, keys: [{ ...KEYS[0], modules: [pattern] }] }).length, 1, pattern);
  for (const pattern of ['*', 'a*', 'acme.*', 'a'.repeat(128), '__proto__'])
    assert.deepEqual(faults({ version: 1, keys: [{ ...KEYS[0], modules: [pattern] }] }), [], pattern);
  assert.equal(faults({ version: 1, keys: [{ ...KEYS[0], modules: [] }] }).length, 1, 'no names at all');
});

test('a pattern matches whole names and what begins as it does, by case', () => {
  assert.ok(matchesName('pump', 'pump') && matchesName('acme.*', 'acme.pump') && matchesName('*', 'x'));
  for (const name of ['pumps', 'Pump', 'pum', '*']) assert.ok(!matchesName('pump', name), name);
  for (const name of ['acme', 'acmepump', 'Acme.pump', 'x.acme.pump']) assert.ok(!matchesName('acme.*', name), name);
  assert.ok(!matchesName('a.c', 'abc'));
});

test('versions are whole numbers from 1, and at most 64 keys have at most 64 names each', () => {
  for (const version of [0, -1, 1.5, '1', null, 2_147_483_648]) assert.equal(faults({ version, keys: [] }).length, 1);
  const many = Array.from({ length: 65 }, () => ({ key: newKey().publicKey.text, modules: ['a'] }));
  assert.equal(faults({ version: 1, keys: many }).length, 1);
  const names = Array.from({ length: 65 }, (_, index) => `a${index}`);
  assert.equal(faults({ version: 1, keys: [{ ...KEYS[0], modules: names }] }).length, 1);
});

test('comments are printable ASCII, so that all implementations sign the same bytes', () => {
  for (const comment of ['', 'ü', 'a\nb', '\ud800', '\u2028', 'x'.repeat(257)])
    assert.equal(faults({ version: 1, keys: [{ ...KEYS[0], comment }] }).length, 1, JSON.stringify(comment));
});

test('keys of small order are no keys: anyone can make signatures for them', () => {
  for (const hex of [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    `01${'00'.repeat(30)}80`,
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}ff`,
  ])
    assert.equal(parsePublicKey(`ed25519:${Buffer.from(hex, 'hex').toString('base64')}`), undefined, hex);
});

test('a public key has one text', () => {
  const { text } = key.publicKey;
  assert.ok(parsePublicKey(text) !== undefined);
  for (const other of [text.slice(8), `${text} `, text.replace('=', ''), text.replace('ed25519', 'Ed25519')])
    assert.equal(parsePublicKey(other), undefined, other);
  const last = text.at(-2)!;
  const next = String.fromCharCode(last.charCodeAt(0) + 1);
  assert.equal(parsePublicKey(`${text.slice(0, -2)}${next}=`), undefined, 'bits that are not used');
});

test.run();
