import { Register, Table } from './register';

/**
 * The blocks of a poll's answer, one for each contiguous range:
 *
 * ```text
 *   0          1     2             4           6       8
 *   | table u8 | 0   | address u16 | count u16 | 0 u16 | count x u16, padded to a multiple of 4 |
 * ```
 *
 * Looks into the bytes where they are; valid as long as they are.
 */
export class AnswerBlocks {
  constructor(
    private start: usize,
    private length: i32,
  ) {}

  /** Where the words of a register are, or 0 when no block has all of them. */
  find(register: Register): usize {
    let at: i32 = 0;
    while (at + 8 <= this.length) {
      const block = this.start + at;
      const address = <i32>load<u16>(block, 2);
      const count = <i32>load<u16>(block, 4);
      const next = at + 8 + ((count * 2 + 3) & ~3);
      if (next > this.length) return 0;
      const from = register.address - address;
      if (load<u8>(block) == <u8>register.table && from >= 0 && from + register.words <= count) return block + 8 + (<usize>from << 1);
      at = next;
    }
    return 0;
  }

  /** The ranges in the text form of the configuration, for a person: `input:0-13 coil:0-1`. */
  describe(): string {
    let text = '';
    let at: i32 = 0;
    while (at + 8 <= this.length) {
      const block = this.start + at;
      const address = <i32>load<u16>(block, 2);
      const count = <i32>load<u16>(block, 4);
      if (text.length > 0) text += ' ';
      text += tableName(load<u8>(block)) + ':' + address.toString();
      if (count > 1) text += '-' + (address + count - 1).toString();
      at += 8 + ((count * 2 + 3) & ~3);
    }
    return text;
  }
}

/** The name of a table in an address, for example `holding` in `holding:0`. */
export function tableName(table: u8): string {
  if (table == Table.coil) return 'coil';
  if (table == Table.discrete) return 'discrete';
  return table == Table.holding ? 'holding' : 'input';
}
