import { ByteReader } from '../../../host/src/sandbox/byte-reader.ts';
import { decodeModule } from '../../../host/src/sandbox/decode-module.ts';
import { InstructionCursor } from '../../../host/src/sandbox/instruction-cursor.ts';
import { leb, TYPE_BYTES } from '../../unit/host/sandbox/build-wasm.ts';
import { replaceSection } from './replace-section.ts';

type Form = 'f32' | 'f64' | 'f32x4' | 'f64x2';

const F32_NAN = [0, 0, 0xc0, 0x7f];
const F64_NAN = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f];

/** How each form is tested and replaced: the local, the canonical NaN as constant, equality, and the choice. */
const FORMS: Readonly<Record<Form, { local: number; nan: number[]; equal: number[]; choose: number[] }>> = {
  f32: { local: 0, nan: [0x43, ...F32_NAN], equal: [0x5b], choose: [0x1b] },
  f64: { local: 1, nan: [0x44, ...F64_NAN], equal: [0x61], choose: [0x1b] },
  f32x4: {
    local: 2,
    nan: [0xfd, 0x0c, ...F32_NAN, ...F32_NAN, ...F32_NAN, ...F32_NAN],
    equal: [0xfd, 0x41],
    choose: [0xfd, 0x52],
  },
  f64x2: { local: 2, nan: [0xfd, 0x0c, ...F64_NAN, ...F64_NAN], equal: [0xfd, 0x47], choose: [0xfd, 0x52] },
};

/** `f32.store`, `f32.copysign`, `i32.reinterpret_f32`, `f32x4.splat`, `f32x4.replace_lane`, and the same for f64. */
const BEFORE = new Map<number, Form>([
  ...[0x38, 0x98, 0xbc, 0xfd13, 0xfd20].map((opcode) => [opcode, 'f32'] as const),
  ...[0x39, 0xa6, 0xbd, 0xfd14, 0xfd22].map((opcode) => [opcode, 'f64'] as const),
]);

/** Arithmetic on lanes of numbers; not `abs`, `neg`, `pmin` and `pmax`, which are moves of bits. */
const AFTER = new Map<number, Form>([
  ...[0x5e, 0x67, 0x68, 0x69, 0x6a, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9].map(
    (n) => [0xfd00 + n, 'f32x4'] as const,
  ),
  ...[0x5f, 0x74, 0x75, 0x7a, 0x94, 0xef, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5].map(
    (n) => [0xfd00 + n, 'f64x2'] as const,
  ),
]);

/** Constants, loads, conversions of integers, reinterpretations and lanes: their bits are given, and stay so right behind them and in a local. */
const GIVEN = new Set([
  ...[0x2a, 0x2b, 0x43, 0x44, 0xb2, 0xb3, 0xb4, 0xb5, 0xb7, 0xb8, 0xb9, 0xba, 0xbe, 0xbf],
  ...[0xfd1f, 0xfd21],
]);
/** All instructions below it are branches and labels. */
const CALL = 0x10;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;

/** `abs`, `neg` and `local.tee`. */
const KEPT = new Set([0x22, 0x8b, 0x8c, 0x99, 0x9a]);

/**
 * What the rewriter promises of NaNs, done the plainest way: canonical before every instruction that shows bits of a number, and
 * after all arithmetic on vectors. A module changed so and one that was rewritten must agree bit by bit.
 */
export function canonicalReference(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { functions, imported } = decodeModule(bytes);
  return replaceSection(bytes, 10, (content) => {
    const reader = new ByteReader(content ?? Uint8Array.from([0]));
    const count = reader.u32('functions');
    const code = leb(count);
    for (let index = 0; index < count; index++) {
      const params = functions[imported.functions + index]?.params.length ?? 0;
      const size = reader.u32('size');
      const body = canonicalBody(reader, reader.offset + size, params);
      for (const byte of leb(body.length)) code.push(byte);
      for (const byte of body) code.push(byte);
    }
    return code;
  });
}

function canonicalBody(reader: ByteReader, end: number, params: number): number[] {
  const groups = reader.u32('groups');
  const groupsAt = reader.offset;
  let scratch = params;
  for (let group = 0; group < groups; group++) {
    scratch += reader.u32('locals');
    reader.u8('a type');
  }
  const body = [...leb(groups + 3)];
  const copy = (from: number, to: number): void => {
    for (let at = from; at < to; at++) body.push(reader.bytes[at] as number);
  };
  copy(groupsAt, reader.offset);
  body.push(1, TYPE_BYTES.f32, 1, TYPE_BYTES.f64, 1, TYPE_BYTES.v128);
  const cursor = new InstructionCursor(reader);
  let isGiven = false;
  /** Locals whose bits are given, from where they were set to the next branch or label. */
  const given = new Set<number>();
  while (reader.offset < end) {
    cursor.next();
    const { opcode, offset } = cursor;
    const before = BEFORE.get(opcode);
    if (before !== undefined && !isGiven) body.push(...canonical(before, scratch));
    copy(offset, reader.offset);
    const after = AFTER.get(opcode);
    if (after !== undefined) body.push(...canonical(after, scratch));
    if (opcode < CALL) given.clear();
    if (opcode === LOCAL_SET || opcode === LOCAL_TEE) given[isGiven ? 'add' : 'delete'](cursor.first);
    const isGivenLocal = opcode === LOCAL_GET && given.has(cursor.first);
    isGiven = isGivenLocal || GIVEN.has(opcode) || (isGiven && KEPT.has(opcode));
  }
  return body;
}

function canonical(form: Form, scratch: number): number[] {
  const { local, nan, equal, choose } = FORMS[form];
  const index = leb(scratch + local);
  return [0x22, ...index, ...nan, 0x20, ...index, 0x20, ...index, ...equal, ...choose];
}
