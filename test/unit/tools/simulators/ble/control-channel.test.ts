import { PassThrough, Readable } from 'node:stream';
import { AirError } from '../../../../../tools/simulators/ble/air-error.ts';
import { type Perform, serveControl } from '../../../../../tools/simulators/ble/control-channel.ts';
import { LineSplitter } from '../../../../../tools/simulators/ble/line-splitter.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('control channel');

async function answersTo(chunks: readonly string[], perform: Perform): Promise<unknown[]> {
  const output = new PassThrough();
  await serveControl(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), output, perform);
  output.end();
  const lines = Buffer.concat(await output.toArray()).toString();
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

test('answers every line in its order, however the lines are cut, and goes on behind a wrong one', async () => {
  const kinds: string[] = [];
  const answers = await answersTo(
    ['{"kind":"sta', 'tus"}\n\n{"kind":"plug","controller":9}\r\nwhat?\n', '{"kind":"status"}\n{"kind":"unfinished'],
    async (message) => {
      kinds.push(message.kind);
      if (message.kind === 'status') return { controllers: [] };
      throw new AirError('NO_CONTROLLER', { place: 'controller', expected: 'a whole number from 0 to 1', got: '9' });
    },
  );
  assert.deepEqual(kinds, ['status', 'plug', 'status']);
  assert.deepEqual(answers, [
    { ok: true, controllers: [] },
    {
      ok: false,
      code: 'NO_CONTROLLER',
      place: 'controller',
      expected: 'a whole number from 0 to 1',
      got: '9',
    },
    { ok: false, code: 'CONTROL_SYNTAX', place: 'message', expected: 'a JSON object', got: '"what?"' },
    { ok: true, controllers: [] },
  ]);
});

test('a line that never ends is not kept, and refused when it does end', async () => {
  const splitter = new LineSplitter(10);
  assert.deepEqual([...splitter.take(Buffer.alloc(1_000_000, 'x'))], []);
  assert.deepEqual([...splitter.take(Buffer.from('xx\nab\n'))].map(String), ['x'.repeat(11), 'ab']);
  const [first, second] = await answersTo(['x'.repeat(5000), '\n{"kind":"status"}\n'], async () => ({}));
  assert.equal((first as { code: string }).code, 'CONTROL_TOO_LONG');
  assert.deepEqual(second, { ok: true });
});

test('a mistake of our own ends the channel instead of being an answer', async () => {
  await assert.rejects(
    answersTo(['{"kind":"status"}\n'], async () => {
      throw new TypeError('ours');
    }),
    /ours/,
  );
});

test.run();
