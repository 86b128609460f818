import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIGNATURE_LIMITS } from '../../../../host/src/limits.ts';
import { RememberedVersions } from '../../../../host/src/signature/remembered-versions.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('remembered versions');
const DIGEST = 'ab'.repeat(32);

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-remembered-'));
  try {
    await body(join(folder, 'state'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('only grow, and outlive the process', () =>
  withFolder(async (folder) => {
    const first = await RememberedVersions.open(folder);
    assert.equal(first.ofModule('a', true), undefined);
    first.raiseModule('a', '1.10.0', true);
    first.raiseModule('a', '1.9.0', true);
    first.raiseList({ version: 4, digest: DIGEST });
    first.raiseList({ version: 3, digest: DIGEST });
    await first.save();
    const second = await RememberedVersions.open(folder);
    assert.equal(second.ofModule('a', true), '1.10.0');
    assert.deepEqual(second.list, { version: 4, digest: DIGEST });
    assert.deepEqual(readdirSync(folder), ['versions.json']);
  }));

test('a name that objects have already is a name like any other', () =>
  withFolder(async (folder) => {
    const first = await RememberedVersions.open(folder);
    for (const name of ['__proto__', 'constructor', 'toString']) {
      assert.equal(first.ofModule(name, true), undefined);
      first.raiseModule(name, '2.0.0', true);
    }
    await first.save();
    const second = await RememberedVersions.open(folder);
    assert.equal(second.fault, undefined);
    for (const name of ['__proto__', 'constructor', 'toString']) assert.equal(second.ofModule(name, true), '2.0.0');
  }));

test('what another process wrote meanwhile does not fall', () =>
  withFolder(async (folder) => {
    const [one, other] = [await RememberedVersions.open(folder), await RememberedVersions.open(folder)];
    one.raiseModule('a', '2.0.0', true);
    one.raiseModule('b', '1.0.0', true);
    await one.save();
    other.raiseModule('a', '1.0.0', true);
    other.raiseModule('b', '3.0.0', true);
    await other.save();
    const now = await RememberedVersions.open(folder);
    assert.deepEqual([now.ofModule('a', true), now.ofModule('b', true)], ['2.0.0', '3.0.0']);
  }));

test('a file that is cut at any byte, or is anything else, is a fault and not an error', () =>
  withFolder(async (folder) => {
    const first = await RememberedVersions.open(folder);
    first.raiseModule('a', '1.0.0', true);
    first.raiseList({ version: 4, digest: DIGEST });
    await first.save();
    const file = join(folder, 'versions.json');
    const whole = readFileSync(file, 'utf8').trimEnd();
    const others = [
      'null',
      '[]',
      '7',
      '{}',
      whole.replace('1.0.0', '1'),
      whole.replace('4', '-4'),
      whole.replace('list', 'lost'),
    ];
    for (const text of [...Array.from(whole, (_, at) => whole.slice(0, at)), ...others, `${whole}x`]) {
      writeFileSync(file, text);
      const { fault, list } = await RememberedVersions.open(folder);
      assert.equal(fault?.code, 'STATE_LOST', text);
      assert.equal(list, undefined);
    }
  }));

test('a folder that cannot be made or written is said when saving', () =>
  withFolder(async (folder) => {
    writeFileSync(folder, 'a file');
    const versions = await RememberedVersions.open(folder);
    assert.equal(versions.fault?.code, 'STATE_LOST');
    versions.raiseModule('a', '1.0.0', true);
    await assert.rejects(versions.save(), { code: 'STATE_LOST' });
  }));

test('a link at the place of the file is replaced, and what it leads to is left alone', () =>
  withFolder(async (folder) => {
    mkdirSync(folder);
    chmodSync(folder, 0o700);
    const target = join(folder, '..', 'target');
    writeFileSync(target, 'precious');
    symlinkSync(target, join(folder, 'versions.json'));
    const versions = await RememberedVersions.open(folder);
    versions.raiseModule('a', '1.0.0', true);
    await versions.save();
    assert.equal(readFileSync(target, 'utf8'), 'precious');
  }));

test('there is room for a bounded number of names', () =>
  withFolder(async (folder) => {
    const versions = await RememberedVersions.open(folder);
    for (let index = 0; index < SIGNATURE_LIMITS.rememberedModules; index++)
      assert.ok(versions.raiseModule(`m${index}`, '1.0.0', true));
    assert.equal(versions.raiseModule('one-more', '1.0.0', true), false);
    assert.equal(versions.raiseModule('m0', '2.0.0', true), true);
    assert.equal(versions.raiseModule('one-more', '1.0.0', false), true);
  }));

test.run();
