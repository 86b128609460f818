import * as host from '../imports/modbus';
import { encode, scratchOf } from '../utf8';
import { ModbusLevel } from './modbus-identification';

// A request, little-endian:
// ╒═════════════╤════════════╤═════════════╤═══════════╤═══════╤════════════╤══════╤═════════════════════╕
// │ function u8 │ name bytes │ address u16 │ count u16 │ 0 u16 │ expiry u32 │ data │ device name (UTF-8) │
// │             │ u8         │             │           │       │            │      │                     │
// └─────────────┴────────────┴─────────────┴───────────┴───────┴────────────┴──────┴─────────────────────┘
//  0             1            2             4           6       8            12

/**
 * A Modbus device of the gateway, by the name it has in the gateway's configuration. Needs a grant `modbus` for what is
 * read, written and subscribed.
 *
 * Every method returns a request id of 1 or more, or a `Status`: `Denied` outside the grant, `Limit` when 16 requests are
 * pending, `Invalid` for an impossible count. The answer arrives in `Module.onAnswer`; requests are sent when the
 * handler has returned. Addresses are those of the protocol, from 0.
 *
 * ```ts
 * import { Answer, ModbusDevice, ModbusReading, ModbusTable, Module, Status, Timer, TimerEvent, Start, log } from '@gatehouse/sdk';
 *
 * class Guard extends Module {
 *   private readonly pump: ModbusDevice = new ModbusDevice('pump');
 *   private readonly poll: Timer = new Timer(0);
 *   private reading: i32 = 0;
 *   private stopping: i32 = 0;
 *
 *   onStart(start: Start): void {
 *     this.poll.every(100);
 *   }
 *
 *   onTimer(timer: TimerEvent): void {
 *     this.reading = this.pump.readHolding(0, 2);
 *   }
 *
 *   onAnswer(answer: Answer): void {
 *     if (answer.request == this.reading && answer.isOk) {
 *       const pressure = ModbusReading.of(answer).value(ModbusTable.Holding, 0);
 *       if (pressure > 900) this.stopping = this.pump.writeCoil(1, true, 500);
 *     } else if (answer.request == this.stopping && !answer.isOk) {
 *       log.error(`the pump was not stopped: ${answer.status}`);
 *     }
 *   }
 * }
 * ```
 *
 * All that can be asked of a device:
 *
 * ```ts
 * import { ModbusDevice, ModbusLevel } from '@gatehouse/sdk';
 *
 * const meter = new ModbusDevice('meter');
 *
 * export function ask(): i32 {
 *   meter.readCoils(0, 8);
 *   meter.readDiscrete(0, 8);
 *   meter.readInput(100, 2);
 *   meter.writeRegister(7, 1500);
 *   meter.writeCoils(0, [true, false, true]);
 *   meter.writeRegisters(20, [1, 2, 3], 250); // not sent later than 250 ms from now
 *   meter.maskRegister(5, 0xfffe, 0x0001); // sets bit 0 and leaves the others
 *   meter.readWriteRegisters(100, 2, 20, [1, 2, 3]);
 *   meter.identify(ModbusLevel.Regular);
 *   return meter.subscribe('fast'); // an answer for each reading of the poll that the gateway declares
 * }
 * ```
 */
export class ModbusDevice {
  /** Names the device as the gateway's configuration does: 1 to 255 bytes of UTF-8. */
  constructor(readonly name: string) {}

  /** Reads 1 to 2000 coils. */
  readCoils(address: i32, count: i32): i32 {
    return this.request(1, address, count, 0, 0);
  }

  /** Reads 1 to 2000 discrete inputs. */
  readDiscrete(address: i32, count: i32): i32 {
    return this.request(2, address, count, 0, 0);
  }

  /** Reads 1 to 125 holding registers. */
  readHolding(address: i32, count: i32): i32 {
    return this.request(3, address, count, 0, 0);
  }

  /** Reads 1 to 125 input registers. */
  readInput(address: i32, count: i32): i32 {
    return this.request(4, address, count, 0, 0);
  }

  /**
   * Writes a coil. A write that was not sent within `expiryMs` is never sent (`Expired`); one that was sent and not
   * confirmed ends as `Unknown` and is not repeated. 0 means 1000 ms.
   */
  writeCoil(address: i32, value: bool, expiryMs: i32 = 0): i32 {
    store<u8>(this.room(1), value ? 1 : 0);
    return this.request(5, address, 1, expiryMs, 1);
  }

  /** Writes a holding register; expiry as for `writeCoil`. */
  writeRegister(address: i32, value: u16, expiryMs: i32 = 0): i32 {
    store<u16>(this.room(2), value);
    return this.request(6, address, 1, expiryMs, 2);
  }

  /** Writes 1 to 1968 coils that follow each other; expiry as for `writeCoil`. */
  writeCoils(address: i32, values: StaticArray<bool>, expiryMs: i32 = 0): i32 {
    const bytes = values.length;
    memory.copy(this.room(bytes), changetype<usize>(values), bytes);
    return this.request(15, address, values.length, expiryMs, bytes);
  }

  /** Writes 1 to 123 holding registers that follow each other; expiry as for `writeCoil`. */
  writeRegisters(address: i32, values: StaticArray<u16>, expiryMs: i32 = 0): i32 {
    const bytes = values.length << 1;
    memory.copy(this.room(bytes), changetype<usize>(values), bytes);
    return this.request(16, address, values.length, expiryMs, bytes);
  }

  /**
   * Changes bits of a holding register in the device, without reading it before: it becomes
   * `(register & andMask) | (orMask & ~andMask)`. Expiry as for `writeCoil`.
   */
  maskRegister(address: i32, andMask: u16, orMask: u16, expiryMs: i32 = 0): i32 {
    const data = this.room(4);
    store<u16>(data, andMask);
    store<u16>(data, orMask, 2);
    return this.request(22, address, 1, expiryMs, 4);
  }

  /**
   * Writes 1 to 121 holding registers and then reads 1 to 125, as one transaction of the device; the answer has what was
   * read. It is a write, with an expiry as for `writeCoil`.
   */
  readWriteRegisters(
    readAddress: i32,
    readCount: i32,
    writeAddress: i32,
    values: StaticArray<u16>,
    expiryMs: i32 = 0,
  ): i32 {
    const bytes = values.length << 1;
    const data = this.room(4 + bytes);
    store<u16>(data, <u16>writeAddress);
    store<u16>(data, <u16>values.length, 2);
    memory.copy(data + 4, changetype<usize>(values), bytes);
    return this.request(23, readAddress, readCount, expiryMs, 4 + bytes);
  }

  /**
   * Asks what the device is, and gets all objects of that level as `ModbusIdentification`. Needs `identification` in the
   * grant. Many devices refuse it, with exception 1.
   */
  identify(level: ModbusLevel = ModbusLevel.Basic): i32 {
    return this.request(43, 0, level, 0, 0);
  }

  /**
   * Subscribes to a poll that the gateway's configuration declares: every reading is an answer with the id returned,
   * until the instance ends. Only the newest is delivered if the module is slower.
   */
  subscribe(poll: string): i32 {
    const bytes = encode(poll, this.room(poll.length * 3));
    return this.request(0, 0, bytes, 0, bytes);
  }

  /** Room for the data of a request, behind the place of its head. */
  private room(dataBytes: i32): usize {
    return scratchOf(12 + dataBytes + this.name.length * 3) + 12;
  }

  /** Writes the head and the name around the data and sends them. */
  private request(code: u8, address: i32, count: i32, expiryMs: i32, dataBytes: i32): i32 {
    const data = this.room(dataBytes);
    const head = data - 12;
    const nameBytes = encode(this.name, data + dataBytes);
    store<u8>(head, code);
    store<u8>(head, <u8>nameBytes, 1);
    store<u16>(head, <u16>address, 2);
    store<u16>(head, <u16>count, 4);
    store<u16>(head, 0, 6);
    store<u32>(head, expiryMs, 8);
    return host.request(head, 12 + dataBytes + nameBytes);
  }
}
