import { SIGNATURE_LIMITS } from '../limits.ts';
import { encodeU32 } from '../sandbox/encode-u32.ts';
import { hex } from '../sandbox/wasm-error.ts';
import { malformedSignature, partialSignature } from './signature-error.ts';
import { SignatureReader } from './signature-reader.ts';

/*
 * Content of the custom section `signature`, after the WebAssembly tool conventions, `Signatures.md`. Numbers are LEB128.
 *
 *   01                  version of the specification
 *   01                  content type: a WebAssembly module
 *   01                  hash function: SHA-256
 *   01                  number of sets of hashes
 *   [length             of the set, up to its end]                     layout `wasmsign2` only
 *   01                  number of hashes
 *   32 bytes            SHA-256 of everything behind the signature section
 *   count               number of signatures
 *   for each one:
 *     [length           of the record, up to its end]                  layout `wasmsign2` only
 *     length, bytes     key id, may be empty
 *     01                Ed25519
 *     40, 64 bytes      signature
 */

const VERSION = 0x01;
const CONTENT_MODULE = 0x01;
const HASH_SHA256 = 0x01;
const ED25519 = 0x01;

export const HASH_BYTES = 32;
export const ED25519_BYTES = 64;

/**
 * The document has no lengths before sets and records; the program `wasmsign2` writes and expects them. What is signed is
 * the same.
 */
export type SignatureLayout = 'document' | 'wasmsign2';

export interface SignatureRecord {
  /** What the signer says about the key; empty if nothing. A hint: it decides nothing. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface SignatureSection {
  readonly layout: SignatureLayout;
  readonly hash: Uint8Array;
  readonly signatures: readonly SignatureRecord[];
}

/** What an Ed25519 signature is made over: `wasmsig`, then version, content type and hash function, then the hash. */
export function signedMessage(hash: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('wasmsig'), Buffer.from([VERSION, CONTENT_MODULE, HASH_SHA256]), hash]);
}

/**
 * Decodes the content of a signature section: the bytes of `module` from `start` to `end`, all of them. Everything has one
 * encoding; what the host does not know is refused.
 *
 * @throws GatehouseError SIGNATURE_MALFORMED, or SIGNATURE_PARTIAL if there are hashes of parts; details have the offset
 */
export function decodeSignatureSection(module: Uint8Array, start: number, end: number): SignatureSection {
  const reader = new SignatureReader(module, start, end);
  expectByte(reader, VERSION, 'version 1 of the specification');
  expectByte(reader, CONTENT_MODULE, 'content type 1, a module');
  expectByte(reader, HASH_SHA256, 'hash function 1, SHA-256');
  expectOne(reader, 'set of hashes');
  const layout = decodeLayout(reader);
  expectOne(reader, 'hash');
  const hash = reader.take(HASH_BYTES, `a hash of ${HASH_BYTES} bytes`);
  const signatures = decodeRecords(reader, layout);
  if (reader.left > 0) throw malformedSignature(reader.offset, 'the end of the section', `${reader.left} bytes more`);
  return { layout, hash, signatures };
}

/** A set that begins with its own length, up to the end of the section, cannot be one that begins with one hash. */
function decodeLayout(reader: SignatureReader): SignatureLayout {
  const start = reader.offset;
  const first = reader.u32('the number of hashes');
  if (first > HASH_BYTES && first === reader.left) return 'wasmsign2';
  reader.offset = start;
  return 'document';
}

function decodeRecords(reader: SignatureReader, layout: SignatureLayout): SignatureRecord[] {
  const at = reader.offset;
  const count = reader.u32('the number of signatures');
  if (count < 1 || count > SIGNATURE_LIMITS.signatures)
    throw malformedSignature(at, `1 to ${SIGNATURE_LIMITS.signatures} signatures`, String(count));
  const records: SignatureRecord[] = [];
  for (let index = 0; index < count; index++) {
    const start = reader.offset;
    const record = layout === 'document' ? decodeRecord(reader) : decodeMeasuredRecord(reader);
    if (records.some((other) => isSame(other.signature, record.signature) || isSameKey(other, record)))
      throw malformedSignature(start, 'a key only once', 'a second signature of it');
    records.push(record);
  }
  return records;
}

function decodeMeasuredRecord(reader: SignatureReader): SignatureRecord {
  const length = reader.u32('the length of a signature record');
  const start = reader.offset;
  const record = decodeRecord(reader);
  const got = reader.offset - start;
  if (got !== length) throw malformedSignature(start, `a record of ${length} bytes`, `one of ${got}`);
  return record;
}

function decodeRecord(reader: SignatureReader): SignatureRecord {
  const at = reader.offset;
  const keyIdBytes = reader.u32('the length of a key id');
  if (keyIdBytes > SIGNATURE_LIMITS.keyIdBytes)
    throw malformedSignature(at, `a key id of at most ${SIGNATURE_LIMITS.keyIdBytes} bytes`, `${keyIdBytes} bytes`);
  const keyId = reader.take(keyIdBytes, `a key id of ${keyIdBytes} bytes`);
  expectByte(reader, ED25519, 'algorithm 1, Ed25519');
  expectByte(reader, ED25519_BYTES, `a signature of ${ED25519_BYTES} bytes`);
  return { keyId, signature: reader.take(ED25519_BYTES, `a signature of ${ED25519_BYTES} bytes`) };
}

/** The content of a signature section, as `decodeSignatureSection` reads it. */
export function encodeSignatureSection({ layout, hash, signatures }: SignatureSection): Uint8Array {
  const measured = (part: Uint8Array): Uint8Array =>
    layout === 'document' ? part : Buffer.concat([Buffer.from(encodeU32(part.byteLength)), part]);
  const records = signatures.map(({ keyId, signature }) =>
    measured(
      Buffer.concat([
        Buffer.from([...encodeU32(keyId.byteLength), ...keyId, ED25519, ...encodeU32(signature.byteLength)]),
        signature,
      ]),
    ),
  );
  const set = Buffer.concat([Buffer.from([1]), hash, Buffer.from(encodeU32(records.length)), ...records]);
  return Buffer.concat([Buffer.from([VERSION, CONTENT_MODULE, HASH_SHA256, 1]), measured(set)]);
}

function expectByte(reader: SignatureReader, value: number, expected: string): void {
  const got = reader.u8(expected);
  if (got !== value) throw malformedSignature(reader.offset - 1, expected, hex(got));
}

function expectOne(reader: SignatureReader, what: string): void {
  const at = reader.offset;
  const count = reader.u32(`the number of ${what}es`);
  if (count === 1) return;
  if (count === 0 || count * HASH_BYTES > reader.left)
    throw malformedSignature(at, `one ${what}`, count === 0 ? 'none' : `${count}, for which there is no room`);
  throw partialSignature(at, `more than one ${what}`);
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const isSameKey = (a: SignatureRecord, b: SignatureRecord): boolean =>
  a.keyId.byteLength > 0 && isSame(a.keyId, b.keyId);
