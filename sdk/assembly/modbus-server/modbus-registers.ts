import { Answer } from '../events/answer';
import * as host from '../imports/modbus-server';
import { ModbusTable } from '../modbus/modbus-reading';
import { Status } from '../status';
import { encode, scratchOf } from '../utf8';
import { ModbusWrite } from './modbus-write';

// A request, little-endian:
// ╒═════════════╤════════════╤═════════════╤═══════════╤═══════╤══════════╤══════╤═════════════════════╕
// │ function u8 │ name bytes │ address u16 │ count u16 │ 0 u16 │ wait u32 │ data │ device name (UTF-8) │
// │             │ u8         │             │           │       │          │      │                     │
// └─────────────┴────────────┴─────────────┴───────────┴───────┴──────────┴──────┴─────────────────────┘
//  0             1            2             4           6       8          12

/**
 * Registers of a Modbus server of the gateway, by the name of the server in its configuration: what the module sets is read by
 * clients such as a local SCADA, and what they write is handed to the module. Needs a grant `modbus-server`: `offer` for
 * what is set, `accept` for what is written.
 *
 * A value is told for so long as `staleAfterMs` of the server says, so set it again also when it has not changed. Methods
 * return a request id of 1 or more, or a `Status`; addresses are those of the protocol, from 0.
 *
 * ```ts
 * import { Answer, log, ModbusRegisters, ModbusTable, Module, Start, Timer, TimerEvent } from '@gatehouse/sdk';
 *
 * class Panel extends Module {
 *   private readonly scada: ModbusRegisters = new ModbusRegisters('scada');
 *   private readonly timer: Timer = new Timer(0);
 *   private limit: u16 = 500;
 *
 *   onStart(start: Start): void {
 *     this.scada.accept();
 *     this.timer.every(1000);
 *   }
 *
 *   onTimer(timer: TimerEvent): void {
 *     this.scada.setFloat(ModbusTable.Input, 0, 21.5);
 *     this.scada.setRegister(ModbusTable.Holding, 100, this.limit);
 *   }
 *
 *   onAnswer(answer: Answer): void {
 *     const write = this.scada.accepted(answer);
 *     if (write === null) return;
 *     if (write.has(ModbusTable.Holding, 100)) this.limit = write.value(100);
 *     log.info(`${write.client} has set the limit`);
 *   }
 * }
 * ```
 *
 * All that can be set:
 *
 * ```ts
 * import { ModbusRegisters, ModbusTable } from '@gatehouse/sdk';
 *
 * const scada = new ModbusRegisters('scada');
 *
 * export function tell(): i32 {
 *   scada.setBit(ModbusTable.Discrete, 0, true);
 *   scada.setBits(ModbusTable.Coil, 8, [true, false]);
 *   scada.setRegisters(ModbusTable.Input, 10, [1, 2, 3]); // read as one: never in part
 *   scada.setU32(ModbusTable.Input, 20, 70000, true); // low word first
 *   return scada.setRegister(ModbusTable.Holding, 0, 7);
 * }
 * ```
 */
export class ModbusRegisters {
  private taking: i32 = 0;

  /** Names the server as the gateway's configuration does: 1 to 64 letters, digits, `_` and `-`. */
  constructor(readonly name: string) {}

  /** Sets a coil or a discrete input. */
  setBit(table: ModbusTable, address: i32, value: bool): i32 {
    store<u8>(this.room(1), value ? 1 : 0);
    return this.request(<u8>table, address, 1, 0, 1);
  }

  /** Sets 1 to 2000 coils or discrete inputs that follow each other. */
  setBits(table: ModbusTable, address: i32, values: StaticArray<bool>): i32 {
    const bytes = values.length;
    memory.copy(this.room(bytes), changetype<usize>(values), bytes);
    return this.request(<u8>table, address, values.length, 0, bytes);
  }

  /** Sets a holding or an input register. */
  setRegister(table: ModbusTable, address: i32, value: u16): i32 {
    store<u16>(this.room(2), value);
    return this.request(<u8>table, address, 1, 0, 2);
  }

  /** Sets 1 to 2000 registers that follow each other. */
  setRegisters(table: ModbusTable, address: i32, values: StaticArray<u16>): i32 {
    const bytes = values.length << 1;
    memory.copy(this.room(bytes), changetype<usize>(values), bytes);
    return this.request(<u8>table, address, values.length, 0, bytes);
  }

  /** Sets two registers to a number of 32 bits; the high word comes first unless `lowFirst`. */
  setU32(table: ModbusTable, address: i32, value: u32, lowFirst: bool = false): i32 {
    const data = this.room(4);
    store<u16>(data, <u16>(lowFirst ? value : value >> 16));
    store<u16>(data, <u16>(lowFirst ? value >> 16 : value), 2);
    return this.request(<u8>table, address, 2, 0, 4);
  }

  /** Sets two registers to a floating-point number, as `setU32` does. */
  setFloat(table: ModbusTable, address: i32, value: f32, lowFirst: bool = false): i32 {
    return this.setU32(table, address, reinterpret<u32>(value), lowFirst);
  }

  /** Asks for the writes of clients, one after the other: they come as answers, for `accepted`. To ask twice does no harm. */
  accept(): i32 {
    if (this.taking > 0) return this.taking;
    this.room(0);
    this.taking = this.request(0, 0, 0, 0, 0);
    return this.taking;
  }

  /**
   * The write that an answer brings, and asks for the next one; null if it is the answer to something else, or brings none. Do not
   * `refuse` that event: the request for the next write would go with it.
   */
  accepted(answer: Answer): ModbusWrite | null {
    if (<i32>answer.request != this.taking) return null;
    this.taking = 0;
    if (answer.status != Status.Cancelled) this.accept();
    return answer.isOk ? changetype<ModbusWrite>(answer) : null;
  }

  /** Room for the data of a request, behind the place of its head. */
  private room(dataBytes: i32): usize {
    return scratchOf(12 + dataBytes + this.name.length * 3) + 12;
  }

  /** Writes the head and the name around the data that lies in the room, and sends them. */
  private request(code: u8, address: i32, count: i32, waitMs: i32, dataBytes: i32): i32 {
    const head = scratchOf(0);
    const nameBytes = encode(this.name, head + 12 + dataBytes);
    store<u8>(head, code);
    store<u8>(head, <u8>nameBytes, 1);
    store<u16>(head, <u16>address, 2);
    store<u16>(head, <u16>count, 4);
    store<u16>(head, 0, 6);
    store<u32>(head, waitMs, 8);
    return host.request(head, 12 + dataBytes + nameBytes);
  }
}
