import { BleFunction, request } from './ble-request';
import { writeUuid } from './uuid';

/**
 * A Bluetooth LE device of the gateway, by the name it has in the gateway's configuration. Needs a grant `ble` for what is read,
 * written and subscribed.
 *
 * Every method returns a request id of 1 or more, or a `Status`: `Denied` outside the grant, `Limit` when 16 requests are
 * pending. The answer arrives in `Module.onAnswer`; `BleValue` reads it. What was not sent within `expiryMs` is never sent
 * (`Expired`); 0 means 10 seconds, for there may have to be a link first.
 *
 * ```ts
 * import { Answer, BleCharacteristic, BleDevice, BleValue, log, Module, Start, Status } from '@gatehouse/sdk';
 *
 * class Climate extends Module {
 *   private readonly sensor: BleDevice = new BleDevice('boiler');
 *   private readonly temperature: BleCharacteristic = this.sensor.characteristic('181a/2a6e');
 *   private readings: i32 = 0;
 *
 *   onStart(start: Start): void {
 *     this.readings = this.temperature.subscribe();
 *   }
 *
 *   onAnswer(answer: Answer): void {
 *     if (answer.request != this.readings) return;
 *     const value = BleValue.of(answer);
 *     if (value.isValue) log.info(`${<f64>value.i16(0) / 100} °C`);
 *     else if (answer.isOk) log.info('the sensor is there');
 *     else if (answer.status == Status.Unavailable) log.warning('the sensor is away');
 *   }
 * }
 * ```
 *
 * All that can be asked of a device:
 *
 * ```ts
 * import { BleDevice } from '@gatehouse/sdk';
 *
 * const lamp = new BleDevice('lamp');
 * const colour = lamp.characteristic('6e400001-b5a3-f393-e0a9-e50e24dcca9e/6e400002-b5a3-f393-e0a9-e50e24dcca9e');
 *
 * export function ask(): i32 {
 *   colour.read();
 *   colour.write([0xff, 0x80, 0x00], 500); // not sent later than 500 ms from now
 *   colour.writeWithoutResponse([0x00]);
 *   colour.subscribe();
 *   colour.unsubscribe();
 *   lamp.unwatch();
 *   return lamp.watch(); // an answer whenever the link comes or goes
 * }
 * ```
 */
export class BleDevice {
  /** Names the device as the gateway's configuration does: 1 to 64 letters, digits, `_` and `-`. */
  constructor(readonly name: string) {}

  /** A characteristic of the device, as `service/characteristic` with UUIDs of 4 or 32 digits. Aborts for anything else. */
  characteristic(place: string): BleCharacteristic {
    return new BleCharacteristic(this, place);
  }

  /** Asks how it stands with the link, now and at each change: `Ok`, or `Unavailable` with a detail. */
  watch(): i32 {
    return request(this.name, BleFunction.Connection, 0);
  }

  /** Ends what `watch` began; its last answer is `Cancelled`. */
  unwatch(): i32 {
    return request(this.name, BleFunction.Unsubscribe, 0);
  }
}

/** One characteristic of a device. See `BleDevice`, which makes it. */
export class BleCharacteristic {
  private readonly path: StaticArray<u8> = new StaticArray<u8>(32);

  constructor(
    readonly device: BleDevice,
    place: string,
  ) {
    const slash = place.indexOf('/');
    assert(slash > 0, 'no UUID');
    writeUuid(place, 0, slash, changetype<usize>(this.path));
    writeUuid(place, slash + 1, place.length, changetype<usize>(this.path) + 16);
  }

  /** Reads the value. */
  read(expiryMs: i32 = 0): i32 {
    return request(this.device.name, BleFunction.Read, changetype<usize>(this.path), 0, 0, expiryMs);
  }

  /** Writes 0 to 512 bytes; the device confirms it. One that was sent and not confirmed ends as `Unknown`. */
  write(bytes: StaticArray<u8>, expiryMs: i32 = 0): i32 {
    return this.send(BleFunction.Write, bytes, expiryMs);
  }

  /** Writes without being told whether it arrived: the answer is `Unknown` at best. */
  writeWithoutResponse(bytes: StaticArray<u8>, expiryMs: i32 = 0): i32 {
    return this.send(BleFunction.WriteWithoutResponse, bytes, expiryMs);
  }

  /**
   * Subscribes to notifications or indications, for as long as the instance lives: when the link is lost, the host asks again on the
   * next one. `BleValue` tells values from news of the link.
   */
  subscribe(): i32 {
    return request(this.device.name, BleFunction.Subscribe, changetype<usize>(this.path));
  }

  /** Ends the subscriptions of this module to the characteristic; their last answer is `Cancelled`. */
  unsubscribe(): i32 {
    return request(this.device.name, BleFunction.Unsubscribe, changetype<usize>(this.path));
  }

  private send(code: BleFunction, bytes: StaticArray<u8>, expiryMs: i32): i32 {
    const path = changetype<usize>(this.path);
    return request(this.device.name, code, path, changetype<usize>(bytes), bytes.length, expiryMs);
  }
}
