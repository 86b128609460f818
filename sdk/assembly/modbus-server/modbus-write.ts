import { Answer } from '../events/answer';
import { ModbusTable } from '../modbus/modbus-reading';
import { decode } from '../utf8';

// The payload:
// ╒══════════╤═════════════╤═════════════╤═══════════╤══════════════╤═════════════╤═════════════════╕
// │ table u8 │ function u8 │ address u16 │ count u16 │ client bytes │ count x u16 │ client (ASCII)  │
// │          │             │             │           │ u16          │             │                 │
// └──────────┴─────────────┴─────────────┴───────────┴──────────────┴─────────────┴─────────────────┘
//  0          1             2             4           6              8

/**
 * A write of a client, as an answer that `ModbusRegisters.accepted` has found to be one. It must not be kept.
 *
 * ```ts
 * import { log, ModbusTable, ModbusWrite } from '@gatehouse/sdk';
 *
 * export function limitOf(write: ModbusWrite, before: f32): f32 {
 *   log.info(`${write.client} writes ${write.count} from ${write.address} of table ${write.table}`);
 *   return write.has(ModbusTable.Holding, 100, 2) ? reinterpret<f32>(write.u32(100)) : before;
 * }
 * ```
 */
@unmanaged
export class ModbusWrite extends Answer {
  /** `ModbusTable.Coil` or `ModbusTable.Holding`. */
  get table(): ModbusTable {
    return <ModbusTable>load<u8>(this.payloadPointer);
  }

  /** Address of the first value. */
  get address(): i32 {
    return load<u16>(this.payloadPointer, 2);
  }

  /** Number of values. */
  get count(): i32 {
    return load<u16>(this.payloadPointer, 4);
  }

  /** Whether all of `count` values from `address` on are in it. */
  has(table: ModbusTable, address: i32, count: i32 = 1): bool {
    const index = address - this.address;
    return this.table == table && index >= 0 && index + count <= this.count;
  }

  /** Value for an address; a coil is 0 or 1. Aborts if it is not here. */
  value(address: i32): u16 {
    const index = address - this.address;
    assert(index >= 0 && index < this.count, 'register not in write');
    return load<u16>(this.payloadPointer + ((<usize>index) << 1), 8);
  }

  /** Two registers from `address` on; the high word comes first unless `lowFirst`. Aborts if they are not here. */
  u32(address: i32, lowFirst: bool = false): u32 {
    const first: u32 = this.value(address);
    const second: u32 = this.value(address + 1);
    return lowFirst ? (second << 16) | first : (first << 16) | second;
  }

  /** Address and port of the client, such as `10.0.0.7:50312`. */
  get client(): string {
    return decode(this.payloadPointer + 8 + ((<usize>this.count) << 1), load<u16>(this.payloadPointer, 6));
  }
}
