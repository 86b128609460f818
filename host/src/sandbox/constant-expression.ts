import type { ByteReader } from './byte-reader.ts';
import { InstructionCursor } from './instruction-cursor.ts';
import type { ModuleContents } from './module-contents.ts';
import { featuresOf, OPCODE } from './opcodes.ts';
import { hex, malformed, unsupported } from './wasm-error.ts';

/** Constants of every type, `ref.null`, `ref.func` and `global.get` [WASM-3.3.10.2]. */
const CONSTANT = new Set([0x23, 0x41, 0x42, 0x43, 0x44, 0xd0, 0xd2, 0xfd0c]);
/** `add`, `sub` and `mul` of i32 and i64. */
const EXTENDED = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e]);

/**
 * Steps over the expression that initialises a global or places a segment. Only imported globals may be read: newer engines
 * take any global before, and what is accepted must not depend on the engine.
 */
export function skipConstantExpression(reader: ByteReader, contents: ModuleContents): void {
  const cursor = new InstructionCursor(reader);
  for (cursor.next(); cursor.opcode !== OPCODE.end; cursor.next()) {
    if (EXTENDED.has(cursor.opcode)) throw unsupported('extended-const', cursor.offset);
    if (!CONSTANT.has(cursor.opcode)) throw malformed(cursor.offset, 'a constant expression', hex(cursor.opcode));
    if (cursor.opcode === OPCODE.refFunc)
      contents.visitFunctionReference(cursor.first, cursor.offset + 1, reader.offset);
    if (cursor.opcode === OPCODE.globalGet && cursor.first >= contents.imported.globals) {
      if (cursor.first < contents.globals.length) throw unsupported('extended-const', cursor.offset);
      throw malformed(cursor.offset, `one of ${contents.imported.globals} imported globals`, `index ${cursor.first}`);
    }
  }
  for (const feature of featuresOf(cursor.featureBits)) contents.features.add(feature);
}
