import { Answer } from '../events/answer';

// The payload of an answer: blocks one after the other, each padded to a multiple of 4.
// ╒══════════╤══════╤═════════════╤═══════════╤═══════╤═════════════════╕
// │ table u8 │ 0 u8 │ address u16 │ count u16 │ 0 u16 │ count x u16     │  next block ...
// └──────────┴──────┴─────────────┴───────────┴───────┴─────────────────┘
//  0          1      2             4           6       8

/** Tables of a Modbus device, numbered by the function that reads them. */
export const enum ModbusTable {
  Coil = 1,
  Discrete = 2,
  Holding = 3,
  Input = 4,
}

/**
 * Values that follow each other in one table; a coil is 0 or 1. A place in the answer, as the answer itself must not be
 * kept.
 */
@unmanaged
export class ModbusBlock {
  /** One of `ModbusTable`. */
  readonly table: u8;
  private readonly reserved1: u8;
  /** Address of the first value. */
  readonly address: u16;
  /** Number of values. */
  readonly count: u16;
  private readonly reserved2: u16;

  /** Whether all of `count` values from `address` on are here. */
  has(address: i32, count: i32 = 1): bool {
    const index = address - <i32>this.address;
    return index >= 0 && index + count <= <i32>this.count;
  }

  /** Value at an address of the table. Aborts if it is not here. */
  u16(address: i32): u16 {
    assert(this.has(address), 'register not in block');
    return load<u16>(changetype<usize>(this) + 8 + ((<usize>(address - <i32>this.address)) << 1));
  }

  /** Two registers from `address` on; the high word comes first unless `lowFirst`. Aborts if they are not here. */
  u32(address: i32, lowFirst: bool = false): u32 {
    const first: u32 = this.u16(address);
    const second: u32 = this.u16(address + 1);
    return lowFirst ? (second << 16) | first : (first << 16) | second;
  }

  /** The next block of the same answer, or null. */
  next(reading: ModbusReading): ModbusBlock | null {
    const behind = changetype<usize>(this) + 8 + ((((<usize>this.count) << 1) + 3) & ~3);
    return reading.blockAt(behind);
  }
}

/**
 * The values that an answer to a read or a subscription carries.
 *
 * ```ts
 * import { Answer, log, ModbusBlock, ModbusReading, ModbusTable } from '@gatehouse/sdk';
 *
 * export function show(answer: Answer): void {
 *   const reading = ModbusReading.of(answer);
 *   let block: ModbusBlock | null = reading.first;
 *   while (block !== null) {
 *     log.debug(`table ${block.table}: ${block.count} values from ${block.address}`);
 *     block = block.next(reading);
 *   }
 * }
 *
 * export function energy(answer: Answer): f64 {
 *   const block = ModbusReading.of(answer).block(ModbusTable.Input, 100, 3);
 *   if (block === null) return NaN;
 *   assert(block.has(102));
 *   return <f64>block.u32(100) / <f64>block.u16(102);
 * }
 * ```
 */
@unmanaged
export class ModbusReading extends Answer {
  /** The answer, seen as one of the Modbus driver. It has no blocks if the request failed. */
  static of(answer: Answer): ModbusReading {
    return changetype<ModbusReading>(answer);
  }

  /** The first block, or null. */
  get first(): ModbusBlock | null {
    return this.blockAt(this.payloadPointer);
  }

  /** The block that has all of `count` values from `address` on, or null. */
  block(table: ModbusTable, address: i32, count: i32 = 1): ModbusBlock | null {
    let block = this.first;
    while (block !== null && (block.table != <u8>table || !block.has(address, count))) block = block.next(this);
    return block;
  }

  /** One value, 0 to 65,535, or -1 if it was not read. */
  value(table: ModbusTable, address: i32): i32 {
    const block = this.block(table, address);
    return block === null ? -1 : <i32>block.u16(address);
  }

  /** The block at a place of the payload, or null at its end. */
  blockAt(place: usize): ModbusBlock | null {
    const end = this.payloadPointer + this.payloadBytes;
    return place + 8 <= end ? changetype<ModbusBlock>(place) : null;
  }
}
