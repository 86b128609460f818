import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyOfSeed, RFC_SEEDS } from '../../lib/signing-key.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { BUILT_MODULES, CommandFolder } from './cli.ts';

const test = suite('signatures and python3-cryptography', { timeoutMs: 120_000, needs: [TOOLS.pythonCryptography] });
const PEER = fileURLToPath(new URL('../../peers/wasm-signature.py', import.meta.url));
const [first, second] = RFC_SEEDS;
const textOf = (seed: string): string => keyOfSeed(seed).publicKey.text;

async function inFolder(body: (folder: CommandFolder) => void): Promise<void> {
  const folder = new CommandFolder();
  try {
    copyFileSync(join(BUILT_MODULES, 'alarm.wasm'), folder.file('alarm.wasm'));
    body(folder);
  } finally {
    folder.remove();
  }
}

for (const layout of ['document', 'wasmsign2']) {
  test(`what the peer signs is verified, layout ${layout}`, () =>
    inFolder((folder) => {
      const { code, stderr } = folder.python(PEER, ['sign', 'alarm.wasm', 'signed.wasm', layout, first, second]);
      assert.equal(code, 0, stderr);
      for (const seed of [first, second]) folder.gatehouseDone('verify', 'signed.wasm', '--key', textOf(seed));
      assert.equal(folder.gatehouse(['verify', 'signed.wasm', '--key', textOf(RFC_SEEDS[2])]).code, 1);
    }));
}

test('what gatehouse signs is verified by the peer, and what either finds changed so does the other', () =>
  inFolder((folder) => {
    const { key } = JSON.parse(folder.gatehouseDone('keygen', 'k', '--json')) as { key: string };
    folder.gatehouseDone('sign', 'alarm.wasm', '--key', 'k.key.pem');
    const signed = readFileSync(folder.file('alarm.wasm'));
    const peerSays = (bytes: Uint8Array): number | null => {
      writeFileSync(folder.file('changed.wasm'), bytes);
      return folder.python(PEER, ['verify', 'changed.wasm', key.replace('ed25519:', '')]).code;
    };
    assert.equal(peerSays(signed), 0);
    // Preamble, head, hash, signature, first section behind it, the middle, the description, the last byte.
    for (const at of [4, 9, 30, 80, 121, 125, Math.floor(signed.length / 2), signed.length - 40, signed.length - 1]) {
      const changed = Uint8Array.from(signed);
      changed[at]! ^= 0x10;
      assert.notEqual(peerSays(changed), 0, `byte ${at}`);
      assert.equal(folder.gatehouse(['verify', 'changed.wasm', '--key', key]).code, 1, `byte ${at}`);
    }
  }));

test('lists of trusted keys go both ways', () =>
  inFolder((folder) => {
    const keys = [{ key: textOf(second), modules: ['alarm', 'acme.*'], comment: 'it is "the" key \\ of 2026' }];
    const { stdout, stderr } = folder.python(PEER, ['sign-list', '5', first, JSON.stringify(keys)]);
    writeFileSync(folder.file('theirs.json'), stdout);
    assert.match(
      folder.gatehouseDone('trust', 'verify', 'theirs.json', '--root-key', textOf(first)),
      /version 5/,
      stderr,
    );

    const { key: root } = JSON.parse(folder.gatehouseDone('keygen', 'root', '--json')) as { key: string };
    writeFileSync(folder.file('keys.json'), JSON.stringify({ version: 6, keys }));
    folder.gatehouseDone('trust', 'sign', 'keys.json', '--root-key', 'root.key.pem', '--output', 'ours.json');
    assert.equal(folder.python(PEER, ['verify-list', 'ours.json']).code, 0);
    const ours = readFileSync(folder.file('ours.json'), 'utf8');
    assert.ok(ours.includes(root));
    writeFileSync(folder.file('ours.json'), ours.replace('acme.*', 'acme*'));
    assert.notEqual(folder.python(PEER, ['verify-list', 'ours.json']).code, 0);
    assert.equal(folder.gatehouse(['trust', 'verify', 'ours.json', '--root-key', root]).code, 1);
  }));

test.run();
