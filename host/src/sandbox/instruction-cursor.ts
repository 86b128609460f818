import type { ByteReader } from './byte-reader.ts';
import { featureBitsAt, IMMEDIATE, immediateAt, prefixedRow, refuseOpcode } from './opcodes.ts';
import { decodeValueType, isReferenceType, isValueType, refuseType } from './value-type.ts';
import { hex, malformed, unsupported } from './wasm-error.ts';

/** In the place of a type's index: a block without parameters, and without a result or with one. */
export const NO_VALUE = -1;
export const ONE_VALUE = -2;

/**
 * Walks over instructions one by one without making an object for each: `next()` fills the fields. It checks the encoding
 * of every immediate, not the types of operands, which is left to the engine's validation.
 */
export class InstructionCursor {
  readonly #reader: ByteReader;
  /** Opcode; behind a prefix byte `prefix << 8 | number`. */
  opcode = 0;
  /** Where the instruction starts; it ends where the reader is. */
  offset = 0;
  /** The `IMMEDIATE` shape of the instruction. */
  shape: number = IMMEDIATE.none;
  /** First immediate where it is an index, a memory offset, a lane or the number of a branch table's targets. */
  first = 0;
  /** Second immediate where it is an index. */
  second = 0;
  /** Bits of all features used so far, see `featuresOf`. */
  featureBits = 0;
  /** Whether a block type with parameters or several results was used, that is, one that names a type. */
  usedTypedBlock = false;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** Reads the next instruction. */
  next(): void {
    const reader = this.#reader;
    this.offset = reader.offset;
    const byte = reader.u8('an instruction');
    this.opcode = byte;
    this.shape = immediateAt(byte);
    if (this.shape === IMMEDIATE.none || this.shape === IMMEDIATE.end) {
      this.featureBits |= featureBitsAt(byte);
      return;
    }
    if (this.shape === IMMEDIATE.index) {
      this.featureBits |= featureBitsAt(byte);
      this.first = reader.u32('an index');
      return;
    }
    if (this.shape === IMMEDIATE.prefix) this.#readPrefixed(byte);
    else if (this.shape === IMMEDIATE.refused) this.#refuse(byte);
    else this.featureBits |= featureBitsAt(byte);
    this.#readImmediates();
  }

  #readPrefixed(byte: number): void {
    const number = this.#reader.u32('the rest of an opcode');
    const row = number > 0xff ? 0 : prefixedRow(byte, number);
    this.shape = number > 0xff ? IMMEDIATE.refused : immediateAt(row);
    if (this.shape === IMMEDIATE.refused) refuseOpcode(this.offset, byte, number);
    this.opcode = (byte << 8) | number;
    this.featureBits |= featureBitsAt(row);
  }

  #refuse(byte: number): never {
    refuseOpcode(this.offset, byte, byte === 0xfb ? this.#reader.u32('the rest of an opcode') : undefined);
  }

  #readImmediates(): void {
    const reader = this.#reader;
    switch (this.shape) {
      case IMMEDIATE.block:
        this.#readBlockType();
        return;
      case IMMEDIATE.index:
        this.first = reader.u32('an index');
        return;
      case IMMEDIATE.twoIndices:
      case IMMEDIATE.callIndirect:
        this.first = reader.u32('an index');
        this.second = reader.u32('an index');
        return;
      case IMMEDIATE.branchTable:
        this.#readBranchTable();
        return;
      case IMMEDIATE.selectTypes:
        this.#readSelectTypes();
        return;
      case IMMEDIATE.memory:
        this.#readMemoryArgument();
        return;
      case IMMEDIATE.memoryLane:
        this.#readMemoryArgument();
        reader.u8('a lane');
        return;
      case IMMEDIATE.lane:
        this.first = reader.u8('a lane');
        return;
      case IMMEDIATE.zero:
        this.#readZero();
        return;
      case IMMEDIATE.twoZeros:
        this.#readZero();
        this.#readZero();
        return;
      case IMMEDIATE.indexZero:
        this.first = reader.u32('an index');
        this.#readZero();
        return;
      case IMMEDIATE.s32:
        reader.skipSigned(32, 'an i32 constant');
        return;
      case IMMEDIATE.s64:
        reader.skipSigned(64, 'an i64 constant');
        return;
      case IMMEDIATE.bytes4:
        reader.skip(4, 'an f32 constant');
        return;
      case IMMEDIATE.bytes8:
        reader.skip(8, 'an f64 constant');
        return;
      case IMMEDIATE.bytes16:
        reader.skip(16, 'a v128 constant or shuffle');
        return;
      case IMMEDIATE.heapType:
        this.#readHeapType();
        return;
    }
  }

  /** 0x40, a value type, or the index of a type as s33 [WASM-5.3.9]. `first` is `NO_VALUE`, `ONE_VALUE` or the index. */
  #readBlockType(): void {
    const reader = this.#reader;
    const at = reader.offset;
    const byte = reader.u8('a block type');
    this.first = byte === 0x40 ? NO_VALUE : ONE_VALUE;
    if (byte === 0x40 || isValueType(byte)) return;
    if (byte >= 0x40 && byte < 0x80) refuseType(byte, at, 'a block type');
    reader.offset = at;
    const index = reader.s33('a block type');
    if (index < 0) throw malformed(at, 'a block type', String(index));
    this.first = index;
    this.usedTypedBlock = true;
  }

  #readBranchTable(): void {
    const reader = this.#reader;
    const count = reader.count('branchTargets', 1);
    for (let index = 0; index <= count; index++) reader.u32('a label');
    this.first = count;
  }

  #readSelectTypes(): void {
    const count = this.#reader.count('results', 1);
    for (let index = 0; index < count; index++) decodeValueType(this.#reader);
  }

  #readMemoryArgument(): void {
    const reader = this.#reader;
    const at = reader.offset;
    const flags = reader.u32('an alignment');
    if (flags >= 0x20) {
      if (flags >= 0x40 && flags < 0x60) throw unsupported('multi-memory', at);
      throw malformed(at, 'an alignment below 32', String(flags));
    }
    this.first = reader.u32('a memory offset');
  }

  #readZero(): void {
    const byte = this.#reader.u8('a memory index');
    if (byte !== 0) throw unsupported('multi-memory', this.#reader.offset - 1);
  }

  #readHeapType(): void {
    const byte = this.#reader.u8('a reference type');
    if (isReferenceType(byte)) return;
    const at = this.#reader.offset - 1;
    if (byte < 0x40 || byte >= 0x80) throw unsupported('function-references', at);
    refuseType(byte, at, `a reference type, not ${hex(byte)}`);
  }
}
