import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { customSection, decodeModuleManifest, inspectModule, prepareModule } from '../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { desired, message, method, stop, timer, unknownKind } from './paper-frames.ts';
import { type HostState, PaperHost } from './paper-host.ts';

const test = suite('c-threshold');

const folder = fileURLToPath(new URL('../../../examples/c-threshold/', import.meta.url));
const compiled = new Uint8Array(readFileSync(join(folder, 'threshold.wasm')));
const { bytes, facts } = prepareModule(compiled, {
  moduleBytes: 16_384,
  memoryBytes: 524_288,
  tableEntries: 10,
  fuelPerCall: 1_000_000,
  stackBytes: 65_536,
});

const hostOf = (settings: unknown = {}, state?: HostState): PaperHost => new PaperHost(bytes, state).start(settings);
const read = (host: PaperHost, reading: unknown): number =>
  host.deliver(message(host.inputId('readings'), typeof reading === 'string' ? reading : JSON.stringify(reading)));
const bodies = (host: PaperHost): unknown[] => host.effects.emitted.map(({ body }) => JSON.parse(body));

test('imports what the ABI has and describes itself', () => {
  assert.deepEqual(facts.imports.map(({ module, name }) => `${module}.${name}`).sort(), [
    'kv.get',
    'kv.set',
    'log.abort',
    'log.write',
    'message.emit',
    'message.input',
    'message.output',
    'method.respond',
    'timer.set',
    'twin.report',
  ]);
  const description = customSection(facts, compiled, 'gatehouse.manifest');
  assert.deepEqual(
    decodeModuleManifest(description as Uint8Array),
    JSON.parse(readFileSync(join(folder, 'module.json'), 'utf8')),
  );
});

test('[ABI-2] starts, logs, sets its timer and reports', () => {
  const host = hostOf();
  assert.deepEqual(host.logs, [{ level: 6, text: 'c-threshold started' }]);
  assert.deepEqual(host.effects.timers, [{ timer: 0, delayMs: 60_000, periodMs: 60_000 }]);
  assert.deepEqual(host.effects.reported, [{ threshold: 100, exceeded: 0 }]);
});

test('[ABI-4.3] passes on what is above the threshold, with a property', () => {
  const host = hostOf({ threshold: 90.5, field: 'pressure' });
  for (const pressure of [90.4, 90.5, 90.51, -200, 1e3]) assert.equal(read(host, { pump: 'a', pressure }), 0);
  assert.deepEqual(bodies(host), [
    { value: 90.51, threshold: 90.5, count: 1, time: 1_760_000_000_000 },
    { value: 1000, threshold: 90.5, count: 2, time: 1_760_000_000_000 },
  ]);
  const [first] = host.effects.emitted;
  assert.deepEqual([first?.output, first?.flags], ['exceeded', 1]);
  assert.equal(Buffer.from(first?.properties ?? []).toString('latin1'), '\x05\0\x09\0alertthreshold');
});

test('[ABI-5.4] finds the body behind properties of every length', () => {
  const host = hostOf();
  for (let length = 0; length <= 24; length++) {
    const properties = new Uint8Array(length);
    assert.equal(host.deliver(message(host.inputId('readings'), '{"value":101}', properties)), 0);
  }
  assert.equal(host.effects.emitted.length, 25);
});

test('reads numbers in every form of JSON and members behind others', () => {
  const above = ['100.5', '1.005e2', '1005E-1', '10050e-02', '1e300', '100.00000000001'];
  const below = ['100', '-1e9', '0', '0e999', '1e-300', '99.99999999999', '-0.0'];
  const host = hostOf();
  for (const text of above)
    assert.equal(read(host, `{"a":[1,{"value":999}],"s":"}\\",","value" : ${text} , "b":null}`), 0, text);
  assert.equal(host.effects.emitted.length, above.length);
  for (const text of below) assert.equal(read(host, `{"value":${text}}`), 0, text);
  assert.equal(host.effects.emitted.length, above.length);
});

test('[ABI-3.3] refuses a body that is no object and a member that is no number', () => {
  const host = hostOf();
  for (const body of [
    '',
    '[]',
    '7',
    '{',
    '{"value":}',
    '{"value":"x"}',

    '{"value":1.5.2}',
    '{value:1}',
    '{"a":1 "b":2}',
  ]) {
    assert.notEqual(read(host, body), 0, body);
  }
  assert.equal(read(host, { other: 500 }), 0);
  assert.deepEqual(host.effects.emitted, []);
});

test('[ABI-5.6] takes patches, and a complete section in place of all before', () => {
  const host = hostOf({ threshold: 1, field: 'p' });
  host.deliver(desired({ threshold: 2 }, false));
  host.deliver(desired({ threshold: 'high', field: 7 }, false));
  host.deliver(desired({ field: null }, false));
  host.deliver(desired({}, true));
  const thresholds = host.effects.reported.map((report) => (report as { threshold: number }).threshold);
  assert.deepEqual(thresholds, [1, 2, 2, 2, 100]);
  assert.deepEqual(
    host.logs.slice(1).map(({ level }) => level),
    [4, 4],
  );
});

test('[ABI-4.10] keeps its count over a restart', () => {
  const state: HostState = new Map();
  read(hostOf({}, state), { value: 101 });
  const later = hostOf({}, state);
  read(later, { value: 102 });
  assert.deepEqual(bodies(later), [{ value: 102, threshold: 100, count: 2, time: 1_760_000_000_000 }]);
});

test('[ABI-5.5] reports when the timer comes and something has changed', () => {
  const host = hostOf();
  host.deliver(timer(0));
  assert.equal(host.effects.reported.length, 1);
  read(host, { value: 101 });
  host.deliver(timer(0));
  host.deliver(timer(0));
  assert.deepEqual(host.effects.reported.slice(1), [{ threshold: 100, exceeded: 1 }]);
});

test('[ABI-5.7] answers its method and refuses others', () => {
  const host = hostOf();
  for (const value of [1, 101]) read(host, { value });
  host.deliver(method(41, 'status'));
  host.deliver(method(42, 'statu'));
  assert.deepEqual(host.effects.responses, [
    { request: 41, status: 200, payload: '{"threshold":100,"readings":2,"exceeded":1}' },
    { request: 42, status: 404, payload: '' },
  ]);
});

test('says that a message found no room, and counts it', () => {
  const host = hostOf();
  host.emitStatus = -4;
  assert.equal(read(host, { value: 101 }), 0);
  assert.equal(host.logs.at(-1)?.level, 4);
  host.emitStatus = 0;
  read(host, { value: 102 });
  assert.deepEqual(bodies(host), [{ value: 102, threshold: 100, count: 2, time: 1_760_000_000_000 }]);
});

test('[ABI-4.6] says why it traps', () => {
  const host = new PaperHost(bytes, new Map([['exceeded', new Uint8Array(9)]]));
  assert.throws(() => host.start(), WebAssembly.RuntimeError);
  assert.match(host.abortWords ?? '', /^the state cannot be read \(threshold\.c:\d+\)$/);
});

test('[ABI-2.2] gives a larger inbox where an event needs one, within its memory', () => {
  const host = hostOf();
  const body = `{"value":101,"padding":"${'x'.repeat(262_144)}"}`;
  assert.equal(read(host, body), 0);
  assert.equal(host.effects.emitted.length, 1);
  assert.ok(host.inbox.memoryBytes <= 524_288);
  assert.throws(() => read(host, { value: 101, padding: 'x'.repeat(524_288) }), /bad inbox/);
});

test('[ABI-5.1] returns 0 for stop and for kinds it does not know', () => {
  const host = hostOf();
  assert.deepEqual([host.deliver(stop()), host.deliver(unknownKind())], [0, 0]);
});

test(
  'is built from its source by its build line',
  () => {
    const output = mkdtempSync(join(tmpdir(), 'gatehouse-c-'));
    try {
      const rebuilt = join(output, 'threshold.wasm');
      execFileSync(join(folder, 'build.sh'), [rebuilt], { stdio: 'pipe' });
      const again = inspectModule(new Uint8Array(readFileSync(rebuilt)));
      const types = (of: typeof facts.exports) => of.map(({ name, kind, type }) => ({ name, kind, type }));
      const byName = <T extends { name: string }>(of: readonly T[]): T[] =>
        [...of].sort((a, b) => (a.name < b.name ? -1 : 1));
      assert.deepEqual(byName(again.imports), byName(facts.imports));
      assert.deepEqual(byName(types(again.exports)), byName(types(facts.exports)));
    } finally {
      rmSync(output, { recursive: true, force: true });
    }
  },
  { needs: [TOOLS.clang], timeoutMs: 60_000 },
);

test.run();
