import type { Framing } from '../../../../../host/src/drivers/serial/config.ts';
import { createFramer } from '../../../../../host/src/drivers/serial/create-framer.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { serialConfig } from './serial-rig.ts';

const test = suite('frames of a serial line');

function framed(framing: Framing, frameBytes = 16) {
  const frames: string[] = [];
  const clock = new VirtualClock();
  const counted = { noise: 0 };
  const framer = createFramer(serialConfig({ framing, frameBytes }), clock, {
    frame: (bytes) => frames.push(Buffer.from(bytes).toString('latin1')),
    noise: () => {
      counted.noise++;
    },
  });
  return { frames, clock, counted, framer, push: (text: string) => framer.push(Buffer.from(text, 'latin1')) };
}

const LINES: Framing = { type: 'delimiter', delimiter: '\r\n' };
const LENGTH: Framing = { type: 'length', offset: 1, bytes: 2, order: 'big', adds: 4 };

test('end with a delimiter, however the bytes arrive', () => {
  const text = 'one\r\n\r\ntwo \r\r\nthree\r\n';
  for (let size = 1; size <= text.length; size++) {
    const { frames, push } = framed(LINES);
    for (let at = 0; at < text.length; at += size) push(text.slice(at, at + size));
    assert.deepEqual(frames, ['one', '', 'two \r', 'three'], `pieces of ${size}`);
  }
});

test('that are too long are thrown away up to the next delimiter, and memory stays bounded', () => {
  const { frames, counted, push } = framed(LINES);
  push(`${'x'.repeat(16)}\r\n`);
  push(`${'y'.repeat(17)}\r\n`);
  for (let count = 0; count < 1_000; count++) push('z'.repeat(100));
  assert.equal(counted.noise, 2, 'also before it ends');
  push('\r\nagain\r\n');
  assert.deepEqual(frames, ['x'.repeat(16), 'again']);
  assert.equal(counted.noise, 2);
});

test('say how long they are', () => {
  const { frames, push } = framed(LENGTH);
  const text = 'A\0\x02hi!B\0\0?C\0\x01x!';
  for (const byte of text) push(byte);
  assert.deepEqual(frames, ['A\0\x02hi!', 'B\0\0?', 'C\0\x01x!']);
});

test('with a length in little-endian that counts the whole frame', () => {
  const { frames, push } = framed({ type: 'length', offset: 0, bytes: 1, order: 'little', adds: 0 });
  push('\x03ab\x02c');
  assert.deepEqual(frames, ['\x03ab', '\x02c']);
});

test('with a length that cannot be are noise until the line is silent', () => {
  const { frames, clock, counted, push } = framed(LENGTH);
  push('A\xff\xffxxxx');
  push('B\0\x01y!');
  assert.deepEqual(frames, []);
  clock.advance(250);
  push('C\0\x01z!');
  assert.deepEqual(frames, ['C\0\x01z!']);
  assert.equal(counted.noise, 1);
});

test('whose rest does not come are noise, and the next one is whole', () => {
  const { frames, clock, counted, push } = framed(LENGTH);
  push('A\0\x05to');
  clock.advance(250);
  push('B\0\x01y!');
  assert.deepEqual(frames, ['B\0\x01y!']);
  assert.equal(counted.noise, 1);
});

test('end when the line is silent', () => {
  const { frames, clock, counted, push } = framed({ type: 'silence', gapMs: 20 });
  push('on');
  clock.advance(19);
  push('e');
  clock.advance(20);
  push('x'.repeat(17));
  clock.advance(20);
  push('two');
  clock.advance(20);
  assert.deepEqual(frames, ['one', 'two']);
  assert.equal(counted.noise, 1);
  assert.equal(clock.pending, 0);
});

test.run();
