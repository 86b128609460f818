import { readFileSync } from 'node:fs';
import * as frames from '../../../../host/src/abi/frames.ts';
import { decodeMessageRecord } from '../../../../host/src/abi/message-record.ts';
import { decodeProperties, encodeProperties, type Property } from '../../../../host/src/abi/properties.ts';
import { assert, suite } from '../../../lib/suite.ts';

interface Vector {
  readonly name: string;
  readonly kind: string;
  readonly hex: string;
  // biome-ignore lint/suspicious/noExplicitAny: fields differ by kind, the encoders check them
  readonly fields: any;
}
interface BlockVector {
  readonly name: string;
  readonly hex: string;
  readonly isJson: boolean;
  readonly properties: Property[] | null;
}

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../vectors/abi/${file}`, import.meta.url), 'utf8'));
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const test = suite('ABI frames');

for (const { name, kind, hex, fields } of read('events.json').frames as Vector[]) {
  test(`[ABI-5] encodes ${kind}: ${name}`, () => {
    assert.equal(Buffer.from(encode(kind, fields)).toString('hex'), hex);
  });
  if (kind !== 'message') continue;
  test(`[ABI-5.4] reads back ${name}`, () => {
    const record = decodeMessageRecord(bytesOf(hex));
    assert.deepEqual(record.properties, fields.properties);
    assert.equal(Buffer.from(record.body).toString('hex'), fields.bodyHex);
    assert.equal(record.sequence, fields.sequence);
    assert.equal(record.isJson, fields.isJson);
  });
}

for (const { name, hex, isJson, properties } of read('properties.json').blocks as BlockVector[]) {
  test(`[ABI-4.5] ${properties === null ? 'refuses' : 'decodes'} a block: ${name}`, () => {
    assert.deepEqual(decodeProperties(bytesOf(hex), isJson) ?? null, properties);
    if (properties !== null) assert.equal(Buffer.from(encodeProperties(properties)).toString('hex'), hex);
  });
}

test('[ABI-4.5] refuses a block that is cut at any byte but between entries', () => {
  const block = encodeProperties([
    ['alpha', 'one'],
    ['beta', 'zwei'],
  ]);
  const whole = new Set([0, 12, block.byteLength]);
  for (let length = 0; length <= block.byteLength; length++)
    assert.equal(
      decodeProperties(block.subarray(0, length), false) !== undefined,
      whole.has(length),
      `length ${length}`,
    );
});

// biome-ignore lint/suspicious/noExplicitAny: as above
function encode(kind: string, fields: any): Uint8Array {
  const body = bytesOf(fields.bodyHex ?? '');
  const payload = bytesOf(fields.payloadHex ?? '');
  switch (kind) {
    case 'start':
      return frames.encodeStart(fields);
    case 'message':
      return frames.encodeMessage({ ...fields, body });
    case 'timer':
      return frames.encodeTimer(fields);
    case 'desired':
      return frames.encodeDesired({ ...fields, body });
    case 'method':
      return frames.encodeMethod({ ...fields, payload });
    case 'answer':
      return frames.encodeAnswer({ ...fields, payload });
    case 'stop':
      return frames.encodeStop(fields);
    default:
      throw new Error(`unknown kind ${kind}`);
  }
}

test.run();
