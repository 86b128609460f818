import { readFileSync } from 'node:fs';
import { assert, suite } from '../../test/lib/suite.ts';
import { messageFrame, methodFrame } from './lib/event-frames.ts';
import { fixture, TARGETS } from './lib/fixture.ts';
import { type AbortWords, HostDouble } from './lib/host-double.ts';

const test = suite('sdk failures', { timeoutMs: 60_000 });
const [failures, failsToStart, noRun] = await Promise.all([
  fixture('failures', ['--maximumMemory', '16']),
  fixture('fails-to-start'),
  fixture('no-run'),
]);

/** Line of the first occurrence of a text in a fixture. */
function lineOf(name: string, text: string): number {
  const source = readFileSync(new URL(`assembly/${name}.ts`, import.meta.url), 'utf8');
  return source.slice(0, source.indexOf(text)).split('\n').length;
}

for (const target of TARGETS) {
  const fail = (name: string, request = 0): AbortWords => {
    const module = failures.open(target);
    const outcome = module.deliver(methodFrame(request, name));
    assert.ok(outcome.kind === 'trapped' && outcome.error instanceof WebAssembly.RuntimeError);
    assert.match(String(outcome.error), /unreachable/);
    assert.equal(module.host.aborts.length, 1);
    return module.host.aborts[0]!;
  };

  test(`[ABI-4.6] ${target}: an abort says message, file, line and column, and then traps`, () => {
    const asserted = fail('assert');
    assert.equal(asserted.text, 'the list is not empty: ä€😀');
    assert.equal(asserted.file, 'sdk/test/assembly/failures.ts');
    assert.equal(asserted.line, lineOf('failures', 'assert(this.list'));
    assert.ok(asserted.column > 1);
    assert.deepEqual([fail('throw').text, fail('throw').line], ['thrown', lineOf('failures', 'throw new')]);
  });

  test(`[ABI-4.6] ${target}: an abort without a message still says where`, () => {
    const { text, line } = fail('bare');
    assert.deepEqual([text, line], ['', lineOf('failures', 'assert(false)')]);
  });

  test(`${target}: a message that is too long is cut between characters`, () => {
    assert.equal(fail('long').text, '€'.repeat(240));
  });

  test(`${target}: an index outside an array says so with the standard library's words`, () => {
    const { text, file } = fail('index', 3);
    assert.deepEqual([text, file], ['Index out of range', '~lib/array.ts']);
  });

  test(`[ABI-1.4] ${target}: an abort while the module is constructed reaches the log too`, () => {
    const host = new HostDouble();
    assert.throws(() => failsToStart.open(target, host), WebAssembly.RuntimeError);
    assert.deepEqual([host.aborts[0]?.text, host.aborts[0]?.line], ['no start', lineOf('fails-to-start', 'throw new')]);
  });

  test(`${target}: running out of memory traps`, () => {
    const module = failures.open(target);
    assert.equal(module.deliver(methodFrame(1, 'memory')).kind, 'trapped');
  });

  test(`${target}: a call that is not answered or fails leaves the next event to be handled`, () => {
    const module = failures.open(target);
    module.commit(methodFrame(1, 'nothing'));
    module.commit(messageFrame());
    assert.equal(module.host.logs.at(-1)?.text, 'still here');
  });
}

test('debug: a module that never called run says so', () => {
  const module = noRun.open('debug');
  assert.equal(module.deliver(messageFrame()).kind, 'trapped');
  assert.equal(module.host.aborts[0]?.text, 'run(...) was not called');
});

test.run();
