import { crc32 } from 'node:zlib';
import { copyPayload, encodeRecord, HEADER_BYTES, recordBytes } from '../../../../host/src/journal/record.ts';
import { type Found, RecordScanner } from '../../../../host/src/journal/record-scanner.ts';
import { formatSegmentName, parseSegmentName } from '../../../../host/src/journal/segment.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('journal records');
const SALT = 0xdead_beef;
const NAME = Buffer.from('gw/pump');

function encode(sequence: number, text = `${sequence}`, salt = SALT): Buffer {
  const payload = Buffer.from(`head${text}`);
  const bytes = Buffer.alloc(recordBytes(NAME.length, payload.length));
  const record = {
    sequence,
    appendedAt: 1_000.7,
    expiresAt: sequence % 2 === 0 ? Infinity : 5_000.2,
    headBytes: 4,
    payload,
  };
  assert.equal(encodeRecord(bytes, 0, record, NAME, salt), bytes.length);
  return bytes;
}

function scan(bytes: Buffer, isLast = true): Found[] {
  const scanner = new RecordScanner(bytes, SALT, isLast);
  const found: Found[] = [];
  for (let next = scanner.next(); next !== undefined; next = scanner.next()) found.push(next);
  return found;
}

/** Sequences of records, and bytes of damage as negative numbers. */
const shape = (found: readonly Found[]): number[] =>
  found.map((item) => (item.kind === 'record' ? item.record.sequence : -item.bytes));

test('a record comes back as it was, with times in whole milliseconds that expire nothing early', () => {
  const [found] = scan(encode(2 ** 53 - 2));
  assert.equal(found?.kind, 'record');
  if (found?.kind !== 'record') return;
  const { sequence, appendedAt, expiresAt, headBytes, name } = found.record;
  assert.deepEqual(
    { sequence, appendedAt, expiresAt, headBytes, name },
    { sequence: 2 ** 53 - 2, appendedAt: 1_000, expiresAt: Infinity, headBytes: 4, name: 'gw/pump' },
  );
  assert.equal(copyPayload(found.record).toString(), `head${2 ** 53 - 2}`);
  const [odd] = scan(encode(7));
  assert.equal(odd?.kind === 'record' && odd.record.expiresAt, 5_001);
});

test('its bytes are those of the drawing', () => {
  const bytes = encode(0x01_0203_0405, 'B');
  const covered = '0400' + '01000000' + '0504030201000000' + 'e80300000000' + '891300000000' + '07';
  assert.equal(bytes.toString('hex', 0, 2), 'd74a');
  assert.equal(bytes.toString('hex', 6, HEADER_BYTES), covered);
  assert.equal(bytes.toString('latin1', HEADER_BYTES), 'gw/pumpheadB');
  assert.equal(bytes.readUInt32LE(2), crc32(bytes.subarray(6), SALT));
});

test('a record that is cut at any byte is a torn tail, and the one before it is whole', () => {
  const [first, second] = [encode(1), encode(2)];
  for (let length = 0; length < second.length; length++) {
    const found = scan(Buffer.concat([first, second.subarray(0, length)]));
    assert.deepEqual(shape(found), length === 0 ? [1] : [1, -length]);
  }
});

test('a record with any bit changed is passed over up to the next one', () => {
  const records = [encode(1), encode(2), encode(3)];
  const whole = Buffer.concat(records);
  const start = records[0]!.length;
  for (let bit = 0; bit < records[1]!.length * 8; bit++) {
    const bytes = Buffer.from(whole);
    bytes[start + (bit >> 3)]! ^= 1 << (bit & 7);
    assert.deepEqual(shape(scan(bytes)), [1, -records[1]!.length, 3], `bit ${bit}`);
  }
});

test('a record inside a body is not taken for one, also when the record around it is damaged', () => {
  const forged = encode(666, 'forged', 0);
  const payload = Buffer.concat([Buffer.from('head'), forged]);
  const bytes = Buffer.alloc(recordBytes(NAME.length, payload.length));
  encodeRecord(bytes, 0, { sequence: 1, appendedAt: 0, expiresAt: 0, headBytes: 4, payload }, NAME, SALT);
  bytes[10]! ^= 1;
  assert.deepEqual(shape(scan(Buffer.concat([bytes, encode(2)]))), [-bytes.length, 2]);
});

test('what may go on behind a piece is left for the next piece', () => {
  const bytes = encode(1);
  for (let length = 1; length < bytes.length; length++) {
    const scanner = new RecordScanner(bytes.subarray(0, length), SALT, false);
    assert.equal(scanner.next(), undefined);
    assert.equal(scanner.offset, 0);
  }
});

test('nothing but zeros, or noise, is one piece of damage', () => {
  assert.deepEqual(shape(scan(Buffer.alloc(5_000))), [-5_000]);
  assert.deepEqual(shape(scan(Buffer.alloc(5_000, 0xd7))), [-5_000]);
});

test('names of segments sort as their sequences do, and others are no segments', () => {
  const names = [9, 10, 2 ** 40, 2 ** 53 - 1].map((firstSequence) =>
    formatSegmentName({ firstSequence, epoch: 5, salt: 2 ** 32 - 1 }),
  );
  assert.deepEqual([...names].sort(), names);
  assert.deepEqual(parseSegmentName(names[3]!), { firstSequence: 2 ** 53 - 1, epoch: 5, salt: 2 ** 32 - 1 });
  for (const name of ['', 'cursor', `${names[0]}~`, `x${names[0]}`, names[0]!.toUpperCase()])
    assert.equal(parseSegmentName(name), undefined, name);
});

test.run();
