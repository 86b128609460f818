import { FrameParser } from '../../../../../host/src/drivers/modbus/frame-parser.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { answerFrame } from '../../../../peers/evil-modbus-server.ts';

const test = suite('modbus frame parser');

function collector(): { frames: string[]; parser: FrameParser } {
  const frames: string[] = [];
  const parser = new FrameParser((bytes, at, length) => {
    frames.push(Buffer.from(bytes.subarray(at, at + length)).toString('hex'));
    return true;
  });
  return { frames, parser };
}

const push = (parser: FrameParser, bytes: Uint8Array): boolean => parser.push(bytes, bytes.length);
const SHORT = answerFrame(1, 1, Buffer.from([0x83, 2]));
const LONG = answerFrame(2, 1, Buffer.alloc(253, 7));
const hex = (...frames: Buffer[]): string[] => frames.map((frame) => frame.toString('hex'));

test('cuts several frames out of one chunk', () => {
  const { frames, parser } = collector();
  assert.ok(push(parser, Buffer.concat([SHORT, LONG, SHORT])));
  assert.deepEqual(frames, hex(SHORT, LONG, SHORT));
});

test('joins frames that were cut anywhere', () => {
  const stream = Buffer.concat([SHORT, LONG, SHORT]);
  for (let cut = 1; cut < stream.length; cut++) {
    const { frames, parser } = collector();
    assert.ok(push(parser, stream.subarray(0, cut)) && push(parser, stream.subarray(cut)));
    assert.deepEqual(frames, hex(SHORT, LONG, SHORT), `cut at ${cut}`);
  }
});

test('joins frames that come byte by byte', () => {
  const { frames, parser } = collector();
  for (const byte of Buffer.concat([LONG, SHORT])) assert.ok(push(parser, Buffer.of(byte)));
  assert.deepEqual(frames, hex(LONG, SHORT));
});

test('looks only at the bytes that it is given', () => {
  const { frames, parser } = collector();
  assert.ok(parser.push(Buffer.concat([SHORT, LONG]), SHORT.length));
  assert.deepEqual(frames, hex(SHORT));
});

for (const [what, change] of [
  ['another protocol', (frame: Buffer) => frame.writeUInt16BE(1, 2)],
  ['a length of 0', (frame: Buffer) => frame.writeUInt16BE(0, 4)],
  ['a length without room for data', (frame: Buffer) => frame.writeUInt16BE(2, 4)],
  ['a length past the longest frame', (frame: Buffer) => frame.writeUInt16BE(255, 4)],
] as const) {
  test(`refuses ${what}, in one piece and byte by byte`, () => {
    const bad = Buffer.from(SHORT);
    change(bad);
    const whole = collector();
    assert.equal(push(whole.parser, Buffer.concat([SHORT, bad])), false);
    assert.deepEqual(whole.frames, hex(SHORT));
    const single = collector();
    assert.ok([...bad].some((byte) => !push(single.parser, Buffer.of(byte))));
    assert.deepEqual(single.frames, []);
  });
}

test('stops when its consumer wants no more', () => {
  let calls = 0;
  const parser = new FrameParser(() => {
    calls++;
    return false;
  });
  assert.equal(push(parser, Buffer.concat([SHORT, SHORT])), false);
  assert.equal(calls, 1);
});

test('forgets a partial frame at a reset', () => {
  const { frames, parser } = collector();
  push(parser, LONG.subarray(0, 100));
  parser.reset();
  push(parser, SHORT);
  assert.deepEqual(frames, hex(SHORT));
});

test.run();
