import { readFileSync } from 'node:fs';
import { assert, suite } from '../../test/lib/suite.ts';
import * as frames from './lib/event-frames.ts';
import { fixture, TARGETS } from './lib/fixture.ts';
import { HostDouble } from './lib/host-double.ts';
import type { ModuleUnderTest } from './lib/module-under-test.ts';

const test = suite('sdk events');
const probe = await fixture('probe');

// biome-ignore lint/suspicious/noExplicitAny: fields differ by kind
type Fields = Record<string, any>;
interface Vector {
  readonly name: string;
  readonly kind: string;
  readonly hex: string;
  readonly fields: Fields;
}

const file = new URL('../../test/vectors/abi/events.json', import.meta.url);
const vectors = (JSON.parse(readFileSync(file, 'utf8')) as { frames: Vector[] }).frames;

function deliver(module: ModuleUnderTest, frame: Uint8Array): Fields {
  const { emitted } = module.commit(frame);
  assert.equal(emitted.length, 1);
  assert.equal(emitted[0]!.output, 'seen');
  assert.equal(emitted[0]!.isJson, true);
  return JSON.parse(emitted[0]!.body.toString('utf8')) as Fields;
}

/** JSON that a field of hex bytes holds; null if it holds none. */
function jsonOf(hex: string): unknown {
  try {
    return JSON.parse(Buffer.from(hex, 'hex').toString('utf8'));
  } catch {
    return null;
  }
}

function encode({ kind, fields }: Vector): Uint8Array {
  const bytes = (name: string): Uint8Array => Buffer.from(fields[name] as string, 'hex');
  if (kind === 'start') return frames.startFrame(fields);
  if (kind === 'message') return frames.messageFrame({ ...fields, body: bytes('bodyHex') });
  if (kind === 'timer') return frames.timerFrame(fields['timer'], fields['missed'], fields);
  if (kind === 'desired') return frames.desiredFrame({ ...fields, body: bytes('bodyHex') });
  if (kind === 'method') return frames.methodFrame(fields['request'], fields['name'], bytes('payloadHex'), fields);
  if (kind === 'answer')
    return frames.answerFrame({ ...(fields as frames.AnswerFields), payload: bytes('payloadHex') });
  return frames.stopFrame(fields['reason'], fields);
}

for (const vector of vectors) {
  test(`[ABI-5] the frames of these tests agree with the vector "${vector.name}"`, () => {
    assert.equal(Buffer.from(encode(vector)).toString('hex'), vector.hex);
  });
}

for (const target of TARGETS) {
  for (const { name, kind, hex, fields } of vectors) {
    test(`[ABI-5] ${target}: every field of the vector "${name}" arrives`, () => {
      const host = new HostDouble();
      for (let index = 0; index < 300; index++) host.sources[index] = `sender-${index}`;
      const seen = deliver(probe.open(target, host), Buffer.from(hex, 'hex'));
      assert.equal(seen['kind'], kind);
      for (const [field, expected] of Object.entries(fields)) {
        if (field === 'payloadHex' && kind === 'method') assert.deepEqual(seen['payload'], jsonOf(expected));
        else if (field === 'bodyHex' && kind === 'desired') assert.deepEqual(seen['body'], jsonOf(expected));
        else assert.deepEqual(seen[field], expected, field);
      }
      if (kind === 'message') {
        assert.equal(seen['bytes'], fields['bodyHex']);
        assert.equal(seen['text'], Buffer.from(fields['bodyHex'], 'hex').toString('utf8'));
        assert.deepEqual(seen['json'], jsonOf(fields['bodyHex']));
      }
      assert.deepEqual(host.invalid, []);
    });
  }

  test(`${target}: an environment variable is found by name, and none is null`, () => {
    const module = probe.open(target);
    const seen = deliver(
      module,
      frames.startFrame({
        environment: [
          ['UNI', '1'],
          ['UNIT', 'bär'],
          ['UNITS', '2'],
        ],
      }),
    );
    assert.equal(seen['unit'], 'bär');
    assert.equal(seen['none'], null);
  });

  test(`[ABI-5.4] ${target}: the body is found behind properties of any length`, () => {
    const module = probe.open(target);
    for (let length = 0; length < 20; length++) {
      const seen = deliver(module, frames.messageFrame({ properties: [['k', 'v'.repeat(length)]], body: 'the body' }));
      assert.deepEqual([seen['properties'], seen['text']], [[['k', 'v'.repeat(length)]], 'the body']);
    }
  });

  test(`[ABI-4.4] ${target}: a name of a source that is longer than the first buffer arrives whole`, () => {
    const host = new HostDouble();
    host.sources[0] = `gateway/${'m'.repeat(128)}/${'o'.repeat(700)}`;
    const seen = deliver(probe.open(target, host), frames.messageFrame({ source: 0 }));
    assert.equal(seen['sourceName'], host.sources[0]);
  });

  test(`${target}: malformed UTF-8 in a body reads as U+FFFD, as the Encoding Standard wants`, () => {
    const module = probe.open(target);
    const bodies = [
      'ff41',
      'c3',
      'c328',
      'e282',
      'eda080',
      'f09f98',
      'f0808080',
      'f4908080',
      'c0af',
      '80',
      'e28241c3a4',
    ];
    for (const hex of bodies) {
      const seen = deliver(module, frames.messageFrame({ body: Buffer.from(hex, 'hex') }));
      // One mark for each byte or for each cut sequence: what matters is that nothing else is lost or invented.
      const expected = Buffer.from(hex, 'hex').toString('utf8');
      assert.equal((seen['text'] as string).replace(/\ufffd+/g, '?'), expected.replace(/\ufffd+/g, '?'), hex);
    }
  });

  test(`[ABI-5.1] ${target}: an event of a kind that does not exist yet commits and does nothing`, () => {
    const module = probe.open(target);
    const frame = Buffer.from(frames.stopFrame());
    frame.writeUInt16LE(99, 0);
    assert.deepEqual(module.commit(frame).emitted, []);
    frame.writeUInt16LE(0, 0);
    assert.deepEqual(module.commit(frame).emitted, []);
  });

  test(`[ABI-2.2] ${target}: the inbox may be asked for again and again, larger and smaller`, () => {
    const module = probe.open(target);
    for (const bytes of [0, 1, 7, 8, 100, 5000, 200_000, 3, 262_144]) {
      const inbox = module.exports.gatehouse_alloc(bytes);
      assert.equal(inbox % 8, 0);
      assert.ok(inbox + bytes <= module.memoryBytes);
    }
    const body = 'x'.repeat(100_000);
    assert.equal(deliver(module, frames.messageFrame({ body }))['text'], body);
  });
}

test.run();
