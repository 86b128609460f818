import { Answer } from './events/answer';
import * as host from './imports/serial';
import { decode, encode, scratchOf } from './utf8';

// A request, little-endian:
// ╒═════════════╤════════════╤════════════╤════════════╤══════╤═════════════════════╕
// │ function u8 │ name bytes │ data bytes │ expiry u32 │ data │ device name (UTF-8) │
// │             │ u8         │ u16        │            │      │                     │
// └─────────────┴────────────┴────────────┴────────────┴──────┴─────────────────────┘
//  0             1            2            4            8

/**
 * A serial port of the gateway, by the name it has in the gateway's configuration, which also says how frames are told
 * apart. Needs a grant `serial`: `read` for `subscribe`, `write` for the rest.
 *
 * Every method returns a request id of 1 or more, or a `Status`. The answer arrives in `Module.onAnswer`. What was not
 * sent within `expiryMs` is never sent (`Expired`); 0 means 1000 ms.
 *
 * ```ts
 * import { Answer, log, Module, SerialPort, Start, Status, Timer, TimerEvent } from '@gatehouse/sdk';
 *
 * class Scale extends Module {
 *   private readonly port: SerialPort = new SerialPort('scale');
 *   private readonly timer: Timer = new Timer(0);
 *   private weighing: i32 = 0;
 *   private lines: i32 = 0;
 *
 *   onStart(start: Start): void {
 *     this.lines = this.port.subscribe();
 *     this.timer.every(1000);
 *   }
 *
 *   onTimer(timer: TimerEvent): void {
 *     this.weighing = this.port.exchangeText('W\r\n');
 *   }
 *
 *   onAnswer(answer: Answer): void {
 *     if (answer.request == this.lines) log.info(SerialPort.text(answer));
 *     else if (answer.request == this.weighing && answer.isOk) log.info(`weight: ${SerialPort.text(answer)}`);
 *     else if (answer.status == Status.Timeout) log.warning('the scale does not answer');
 *   }
 * }
 * ```
 *
 * Bytes instead of text:
 *
 * ```ts
 * import { Answer, SerialPort } from '@gatehouse/sdk';
 *
 * const line = new SerialPort('line');
 *
 * export function ask(): i32 {
 *   line.writeText('RESET\r\n', 250);
 *   line.write([0x02, 0x52, 0x03]);
 *   return line.exchange([0x02, 0x51, 0x03], 500);
 * }
 *
 * export function firstByte(answer: Answer): i32 {
 *   return answer.payloadBytes == 0 ? -1 : <i32>load<u8>(answer.payloadPointer);
 * }
 * ```
 */
export class SerialPort {
  /** Names the port as the gateway's configuration does: 1 to 64 letters, digits, `_` and `-`. */
  constructor(readonly name: string) {}

  /** The frame that an answer carries, as text; malformed UTF-8 becomes U+FFFD. */
  static text(answer: Answer): string {
    return decode(answer.payloadPointer, answer.payloadBytes);
  }

  /** Asks for every frame that is not the answer of an exchange: an answer each, with the id returned. */
  subscribe(): i32 {
    this.room(0);
    return this.request(0, 0, 0);
  }

  /** Writes 1 to 3,072 bytes; the answer says that they have left. */
  write(bytes: StaticArray<u8>, expiryMs: i32 = 0): i32 {
    return this.send(1, changetype<usize>(bytes), bytes.length, expiryMs);
  }

  /** Writes a text in UTF-8. */
  writeText(text: string, expiryMs: i32 = 0): i32 {
    return this.request(1, encode(text, this.room(text.length * 3)), expiryMs);
  }

  /** Writes bytes and gets the next frame as its answer. One exchange is made at a time, whoever asks. */
  exchange(bytes: StaticArray<u8>, expiryMs: i32 = 0): i32 {
    return this.send(2, changetype<usize>(bytes), bytes.length, expiryMs);
  }

  /** Writes a text and gets the next frame as its answer. */
  exchangeText(text: string, expiryMs: i32 = 0): i32 {
    return this.request(2, encode(text, this.room(text.length * 3)), expiryMs);
  }

  private send(code: u8, data: usize, bytes: i32, expiryMs: i32): i32 {
    memory.copy(this.room(bytes), data, bytes);
    return this.request(code, bytes, expiryMs);
  }

  /** Room for the data of a request, behind the place of its head. */
  private room(dataBytes: i32): usize {
    return scratchOf(8 + dataBytes + this.name.length * 3) + 8;
  }

  /** Writes the head and the name around the data that lies in the room, and sends them. */
  private request(code: u8, dataBytes: i32, expiryMs: i32): i32 {
    const head = scratchOf(0);
    const nameBytes = encode(this.name, head + 8 + dataBytes);
    store<u8>(head, code);
    store<u8>(head, <u8>nameBytes, 1);
    store<u16>(head, <u16>dataBytes, 2);
    store<u32>(head, expiryMs, 4);
    return host.request(head, 8 + dataBytes + nameBytes);
  }
}
