import { Answer } from '../events/answer';
import { decode } from '../utf8';
import { BleFunction, request } from './ble-request';
import { readNumber } from './read-number';

// The payload of an answer; the address is in the order in which it is printed.
// ╒═════════╤══════════════╤══════════╤═════════╤══════╤════════════╤══════╤═══════════════╕
// │ address │ address type │ flags u8 │ rssi i8 │ 0 u8 │ data bytes │ data │ scan response │
// │ 6 bytes │ u8           │          │         │      │ u16        │      │ the rest      │
// └─────────┴──────────────┴──────────┴─────────┴──────┴────────────┴──────┴───────────────┘
//  0         6              7          8         9      10           12

/**
 * What the gateway hears of Bluetooth LE devices that advertise, by the name that a device of type `ble-scan` has in the gateway's
 * configuration, which also says whom it hears and how often. Needs a grant `ble` with `advertisements`.
 *
 * ```ts
 * import { Answer, BleAdvertisement, BleAdvertisements, log, Module, Start } from '@gatehouse/sdk';
 *
 * class Tags extends Module {
 *   private readonly air: BleAdvertisements = new BleAdvertisements('air');
 *   private heard: i32 = 0;
 *
 *   onStart(start: Start): void {
 *     this.heard = this.air.subscribe();
 *   }
 *
 *   onAnswer(answer: Answer): void {
 *     if (answer.request != this.heard || !answer.isOk) return;
 *     const advertisement = BleAdvertisement.of(answer);
 *     const ruuvi = advertisement.manufacturer(0x0499);
 *     if (ruuvi !== null && ruuvi.bytes >= 5) log.info(`${advertisement.address}: format ${ruuvi.u8(2)}`);
 *   }
 * }
 * ```
 */
export class BleAdvertisements {
  /** Names the device as the gateway's configuration does. */
  constructor(readonly name: string) {}

  /** Asks for what is heard from now on: an answer each, with the id returned, whose detail counts them from 1. */
  subscribe(): i32 {
    return request(this.name, BleFunction.Advertisements, 0);
  }

  /** Ends the subscriptions of this module; their last answer is `Cancelled`. */
  unsubscribe(): i32 {
    return request(this.name, BleFunction.Unsubscribe, 0);
  }
}

// An AD structure:
// ╒═══════════╤═════════╤══════════════════╕
// │ length u8 │ type u8 │ length - 1 bytes │
// └───────────┴─────────┴──────────────────┘

/** One structure of an advertisement; a place in the answer, as the answer itself must not be kept. */
@unmanaged
export class BleStructure {
  private readonly length: u8;
  /** The kind, as in Bluetooth's assigned numbers. */
  readonly type: u8;

  /** Bytes behind the type. */
  get bytes(): i32 {
    return <i32>this.length - 1;
  }

  /** Where those bytes begin. */
  get pointer(): usize {
    return changetype<usize>(this) + 2;
  }

  /** A byte. Aborts if the structure is shorter, as the others do. */
  u8(at: i32): u8 {
    return readNumber<u8>(this.pointer, this.bytes, at);
  }

  /** Two bytes, from 0 to 65,535. */
  u16(at: i32): u16 {
    return readNumber<u16>(this.pointer, this.bytes, at);
  }

  /** Two bytes, with a sign. */
  i16(at: i32): i16 {
    return readNumber<i16>(this.pointer, this.bytes, at);
  }

  /** Four bytes. */
  u32(at: i32): u32 {
    return readNumber<u32>(this.pointer, this.bytes, at);
  }
}

/**
 * One advertisement, with the scan response of its sender if there was one.
 *
 * ```ts
 * import { Answer, BleAdvertisement, BleStructure, log } from '@gatehouse/sdk';
 *
 * export function show(answer: Answer): void {
 *   const advertisement = BleAdvertisement.of(answer);
 *   const name = advertisement.name;
 *   log.info(`${advertisement.address} ${name === null ? '?' : name} ${advertisement.rssi} dBm`);
 *   if (advertisement.isRandom || advertisement.isConnectable) log.debug('a device of its own');
 *   let structure: BleStructure | null = advertisement.first;
 *   while (structure !== null) {
 *     log.debug(`type ${structure.type}: ${structure.bytes} bytes`);
 *     structure = advertisement.next(structure);
 *   }
 *   const thermometer = advertisement.service(0x181a); // its data begin behind the UUID, at 2
 *   if (thermometer !== null) log.info(`${thermometer.i16(2)}`);
 * }
 * ```
 */
@unmanaged
export class BleAdvertisement extends Answer {
  /** The answer, seen as an advertisement. Only answers that are `isOk` are. */
  static of(answer: Answer): BleAdvertisement {
    return changetype<BleAdvertisement>(answer);
  }

  /** As it is printed, such as `A4:C1:38:01:02:03`. */
  get address(): string {
    let text = '';
    for (let at = 0; at < 6; at++) {
      const byte = load<u8>(this.payloadPointer + at);
      text += `${at == 0 ? '' : ':'}${digit(byte >> 4)}${digit(byte & 15)}`;
    }
    return text;
  }

  /** Whether the device chose its address itself. */
  get isRandom(): bool {
    return load<u8>(this.payloadPointer, 6) == 1;
  }

  /** Whether it lets others connect. */
  get isConnectable(): bool {
    return (load<u8>(this.payloadPointer, 7) & 1) == 1;
  }

  /** Strength in dBm; 127 when it is not known. */
  get rssi(): i32 {
    return load<i8>(this.payloadPointer, 8);
  }

  /** The first structure, or null. */
  get first(): BleStructure | null {
    return this.at(this.payloadPointer + 12);
  }

  /** The name, or null. */
  get name(): string | null {
    let short: BleStructure | null = null;
    let each = this.first;
    while (each !== null) {
      if (each.type == 9) return decode(each.pointer, each.bytes);
      if (each.type == 8) short = each;
      each = this.next(each);
    }
    return short === null ? null : decode(short.pointer, short.bytes);
  }

  /** The structure behind one, also from data to scan response, or null. */
  next(structure: BleStructure): BleStructure | null {
    return this.at(structure.pointer + structure.bytes);
  }

  /** The manufacturer data of a company, whose identifier is their first two bytes, or null. */
  manufacturer(company: u16): BleStructure | null {
    return this.find(0xff, company);
  }

  /** The data of a service with a short UUID, which is their first two bytes, or null. */
  service(uuid: u16): BleStructure | null {
    return this.find(0x16, uuid);
  }

  private find(type: u8, start: u16): BleStructure | null {
    let each = this.first;
    while (each !== null && (each.type != type || each.bytes < 2 || each.u16(0) != start)) each = this.next(each);
    return each;
  }

  /** The structure at a place, or what follows the end of the data that the place is in. */
  private at(place: usize): BleStructure | null {
    const response = this.payloadPointer + 12 + load<u16>(this.payloadPointer, 10);
    const end = this.payloadPointer + this.payloadBytes;
    if (place < response) {
      if (isWhole(place, response)) return changetype<BleStructure>(place);
      place = response;
    }
    return isWhole(place, end) ? changetype<BleStructure>(place) : null;
  }
}

/** Whether there is a structure, and not beyond the end. */
function isWhole(place: usize, end: usize): bool {
  return place + 1 < end && load<u8>(place) > 0 && place + 1 + load<u8>(place) <= end;
}

function digit(value: u8): string {
  return String.fromCharCode(value < 10 ? 0x30 + value : 0x37 + value);
}
