import { ByteReader } from '../sandbox/byte-reader.ts';
import { decodePreamble } from '../sandbox/decode-module.ts';
import { encodeU32 } from '../sandbox/encode-u32.ts';
import { STRUCTURE_LIMITS } from '../sandbox/structure-limits.ts';
import { malformed, overLimit } from '../sandbox/wasm-error.ts';
import { malformedSignature, partialSignature } from './signature-error.ts';

/** Name of the custom section that holds signatures. */
export const SIGNATURE_SECTION = 'signature';
/** Name of the custom sections that divide a module into parts, which this host does not accept in a signed module. */
const DELIMITER_SECTION = 'signature_delimiter';

/** Bytes of `\0asm` and the version. */
export const PREAMBLE_BYTES = 8;
const SECTIONS_MAX = STRUCTURE_LIMITS.customSections + 12;
const CUSTOM = 0;

/** Where the signature section of a module is. Everything from `end` to the end of the module is what is signed. */
export interface SignaturePlace {
  /** First byte of the content, behind the name. */
  readonly contentStart: number;
  readonly end: number;
}

/**
 * Finds the signature section by walking over all sections. It is the first one, the only one of its name, and written in
 * one way only; a module with delimiters is signed in parts.
 *
 * @returns undefined if the module has no signature section
 * @throws GatehouseError SIGNATURE_MALFORMED, SIGNATURE_PARTIAL; a code WASM_... if the bytes are no sequence of sections
 */
export function findSignature(bytes: Uint8Array): SignaturePlace | undefined {
  let place: SignaturePlace | undefined;
  let delimiter: number | undefined;
  for (const { start, name, contentStart, end, index } of customSections(bytes)) {
    if (isText(name, DELIMITER_SECTION)) delimiter ??= start;
    if (!isText(name, SIGNATURE_SECTION)) continue;
    if (place !== undefined) throw malformedSignature(start, 'one signature section', 'a second one');
    if (index !== 0) throw malformedSignature(start, 'the signature section to be the first', `section ${index + 1}`);
    checkHeader(start, contentStart, end);
    place = { contentStart, end };
  }
  if (place !== undefined && delimiter !== undefined)
    throw partialSignature(delimiter, `a section "${DELIMITER_SECTION}"`);
  return place;
}

/** The head of a signature section whose content has so many bytes. */
export function signatureHeader(contentBytes: number): Uint8Array {
  const name = new TextEncoder().encode(SIGNATURE_SECTION);
  const head = [...encodeU32(name.byteLength), ...name];
  return Uint8Array.from([CUSTOM, ...encodeU32(head.length + contentBytes), ...head]);
}

interface CustomSectionAt {
  /** Position among all sections, from 0. */
  readonly index: number;
  readonly start: number;
  readonly name: Uint8Array;
  readonly contentStart: number;
  readonly end: number;
}

/** Names are compared as bytes: what is not UTF-8 cannot be one of ours, and the decoder of modules refuses it later. */
function* customSections(bytes: Uint8Array): Generator<CustomSectionAt> {
  const reader = new ByteReader(bytes);
  decodePreamble(reader);
  for (let index = 0; reader.offset < bytes.byteLength; index++) {
    const start = reader.offset;
    if (index === SECTIONS_MAX) throw overLimit('sections', start, SECTIONS_MAX, index + 1);
    const id = reader.u8('the id of a section');
    const size = reader.u32('the size of a section');
    const end = reader.offset + size;
    if (end > bytes.byteLength) throw malformed(start, `a section of at most ${bytes.byteLength} bytes`, `${size}`);
    if (id === CUSTOM) {
      reader.end = end;
      const nameBytes = reader.u32('the length of the name of a custom section');
      const nameStart = reader.offset;
      reader.skip(nameBytes, 'the name of a custom section');
      const name = bytes.subarray(nameStart, reader.offset);
      yield { index, start, name, contentStart: reader.offset, end };
    }
    reader.offset = end;
    reader.end = bytes.byteLength;
  }
}

/** The head itself is not signed, so there must be only one way to write it. */
function checkHeader(start: number, contentStart: number, end: number): void {
  const shortest = signatureHeader(end - contentStart).byteLength;
  if (contentStart - start !== shortest)
    throw malformedSignature(start, 'numbers in their shortest form', 'longer ones');
}

const isText = (bytes: Uint8Array, text: string): boolean =>
  bytes.byteLength === text.length && Buffer.from(bytes).toString('latin1') === text;
