import { readFileSync } from 'node:fs';
import { decodeModuleManifest } from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { refuses } from './refuses.ts';

const test = suite('module manifest');

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const MINIMAL = { name: 'pump', version: '1.0.0' };

test('[ABI-8.1] decodes the example of the document', () => {
  const document = readFileSync(new URL('../../../../docs/abi.md', import.meta.url), 'utf8');
  const section = document.slice(document.indexOf('## 8.'));
  const example = section.slice(section.indexOf('```json') + 7);
  const text = example.slice(0, example.indexOf('```'));
  assert.deepEqual(decodeModuleManifest(new TextEncoder().encode(text)), JSON.parse(text));
});

test('[ABI-8.2] asks for a name and a version and for nothing else', () => {
  assert.deepEqual(decodeModuleManifest(encode(MINIMAL)), MINIMAL);
  for (const field of ['name', 'version']) {
    const { [field]: _, ...rest } = MINIMAL as Record<string, unknown>;
    refuses(() => decodeModuleManifest(encode(rest)), 'MODULE_MANIFEST_INVALID', { path: field, got: 'nothing' });
  }
});

test('refuses every wrong value with its path', () => {
  const cases: readonly (readonly [path: string, field: Readonly<Record<string, unknown>>])[] = [
    ['name', { name: '' }],
    ['name', { name: 'a b' }],
    ['name', { name: 'n'.repeat(129) }],
    ['version', { version: '1.0' }],
    ['version', { version: '01.0.0' }],
    ['version', { version: `1.0.0-${'a'.repeat(128)}` }],
    ['abi', { abi: 0 }],
    ['abi', { abi: 1.5 }],
    ['abi', { abi: '1' }],
    ['description', { description: 1 }],
    ['inputs', { inputs: 'readings' }],
    ['inputs[1]', { inputs: ['a', 'b/c'] }],
    ['inputs[2]', { inputs: ['a', 'b', 'a'] }],
    ['inputs', { inputs: Array.from({ length: 65 }, (_, index) => `i${index}`) }],
    ['outputs[0]', { outputs: [7] }],
    ['methods[0]', { methods: [null] }],
    ['capabilities', { capabilities: { kv: true } }],
    ['limits', { limits: [] }],
    ['limits.memory', { limits: { memory: 1 } }],
    ['limits.toString', { limits: { toString: 1 } }],
    ['limits.memoryBytes', { limits: { memoryBytes: 2 ** 30 + 1 } }],
    ['limits.timers', { limits: { timers: -1 } }],
    ['limits.timers', { limits: { timers: null } }],
    ['desired', { desired: true }],
    ['input', { input: [] }],
    ['constructor', { constructor: 1 }],
  ];
  for (const [path, field] of cases) {
    refuses(() => decodeModuleManifest(encode({ ...MINIMAL, ...field })), 'MODULE_MANIFEST_INVALID', { path });
  }
});

test('refuses what is no JSON object, other encodings and more than 65,536 bytes', () => {
  for (const text of ['', '{', '[]', 'null', '"text"', '\ufeff{}']) {
    refuses(() => decodeModuleManifest(new TextEncoder().encode(text)), 'MODULE_MANIFEST_INVALID', { path: '' });
  }
  refuses(() => decodeModuleManifest(Uint8Array.of(0x22, 0xff, 0x22)), 'MODULE_MANIFEST_INVALID', { path: '' });
  const padded = (bytes: number): Uint8Array => new TextEncoder().encode(JSON.stringify(MINIMAL).padEnd(bytes, ' '));
  decodeModuleManifest(padded(65_536));
  refuses(() => decodeModuleManifest(padded(65_537)), 'MODULE_MANIFEST_INVALID', { expected: 'at most 65536 bytes' });
});

test('accepts every form of semantic version', () => {
  for (const version of ['0.0.0', '10.20.30', '1.0.0-alpha.1', '1.0.0-0A.is-legal', '1.0.0+build.5', '1.0.0-rc.1+b']) {
    assert.equal(decodeModuleManifest(encode({ ...MINIMAL, version })).version, version);
  }
});

test.run();
