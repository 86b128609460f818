import { Answer } from '../events/answer';

// The payload of an answer to `ModbusDevice.identify`:
// ╒═══════════════╤══════╤═════════════╤═══════╤══════════╤═══════════╕
// │ conformity u8 │ 0 u8 │ objects u16 │ id u8 │ bytes u8 │ its value │  next object ...
// └───────────────┴──────┴─────────────┴───────┴──────────┴───────────┘
//  0               1      2             4       5          6

/** How much a device is asked to say of itself; each level contains the one before. */
export const enum ModbusLevel {
  /** Vendor, product code, revision: objects 0 to 2. */
  Basic = 1,
  /** Also address, product, model and application: objects up to 127. */
  Regular = 2,
  /** Also what the vendor likes: objects up to 255. */
  Extended = 3,
}

/** Objects that the protocol gives a meaning. */
export const enum ModbusObject {
  VendorName = 0,
  ProductCode = 1,
  Revision = 2,
  VendorUrl = 3,
  ProductName = 4,
  ModelName = 5,
  ApplicationName = 6,
}

/**
 * What a device said of itself.
 *
 * ```ts
 * import { Answer, log, ModbusIdentification, ModbusObject } from '@gatehouse/sdk';
 *
 * export function show(answer: Answer): void {
 *   const device = ModbusIdentification.of(answer);
 *   const vendor = device.text(ModbusObject.VendorName);
 *   if (vendor !== null) log.info(`made by ${vendor}`);
 *   for (let index = 0; index < device.count; index++) {
 *     const id = device.idAt(index);
 *     log.debug(`object ${id} has ${device.bytes(id)!.length} bytes`);
 *   }
 * }
 * ```
 */
@unmanaged
export class ModbusIdentification extends Answer {
  /** The answer, seen as an identification. It has no objects if the request failed. */
  static of(answer: Answer): ModbusIdentification {
    return changetype<ModbusIdentification>(answer);
  }

  /** Number of objects. */
  get count(): i32 {
    return this.payloadBytes < 4 ? 0 : <i32>load<u16>(this.payloadPointer, 2);
  }

  /** Id of an object by its place, from 0 to `count` - 1; ids grow. Aborts if there is none. */
  idAt(index: i32): i32 {
    assert(index >= 0 && index < this.count, 'no such object');
    let place = this.payloadPointer + 4;
    for (; index > 0; index--) place += 2 + <usize>load<u8>(place, 1);
    return load<u8>(place);
  }

  /** Value of an object as text, or null if the device does not have it. */
  text(id: i32): string | null {
    const place = this.place(id);
    return place == 0 ? null : String.UTF8.decodeUnsafe(place + 2, load<u8>(place, 1));
  }

  /** Value of an object, or null if the device does not have it. */
  bytes(id: i32): StaticArray<u8> | null {
    const place = this.place(id);
    if (place == 0) return null;
    const value = new StaticArray<u8>(load<u8>(place, 1));
    memory.copy(changetype<usize>(value), place + 2, value.length);
    return value;
  }

  private place(id: i32): usize {
    let place = this.payloadPointer + 4;
    for (let left = this.count; left > 0; left--) {
      if (load<u8>(place) == <u8>id) return place;
      place += 2 + <usize>load<u8>(place, 1);
    }
    return 0;
  }
}
