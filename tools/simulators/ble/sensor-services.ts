import bleno, {
  type Characteristic,
  type ConnectionHandle,
  type PrimaryService,
  type UpdateValueCallback,
} from '@stoprocent/bleno';
import type { ClimateSample } from './climate.ts';
import { BATTERY, HUMIDITY, type MeasuredValue, PRESSURE, TEMPERATURE } from './climate-codec.ts';

export const ENVIRONMENTAL_SENSING = '181a';
const BATTERY_SERVICE = '180f';
const DEVICE_INFORMATION = '180a';
const MANUFACTURER = '2a29';
const MODEL = '2a24';
const SERIAL = '2a25';
const FIRMWARE = '2a26';
const { RESULT_SUCCESS } = bleno.Characteristic;

/** The GATT server of the sensor: what it measures can be read at any time, and is notified with every new sample. */
export class SensorServices {
  readonly services: readonly PrimaryService[];
  readonly #measured: {
    readonly value: MeasuredValue;
    readonly subscribers: Map<ConnectionHandle, UpdateValueCallback>;
  }[] = [];
  #sample: ClimateSample;

  constructor(sample: ClimateSample, serial: string) {
    this.#sample = sample;
    const measured = (value: MeasuredValue): Characteristic => this.#measuredCharacteristic(value);
    const service = (uuid: string, ...characteristics: Characteristic[]): PrimaryService =>
      new bleno.PrimaryService({ uuid, characteristics });
    this.services = [
      service(ENVIRONMENTAL_SENSING, ...[TEMPERATURE, HUMIDITY, PRESSURE].map(measured)),
      service(BATTERY_SERVICE, measured(BATTERY)),
      service(
        DEVICE_INFORMATION,
        constant(MANUFACTURER, 'Gatehouse'),
        constant(MODEL, 'Simulated environmental sensor'),
        constant(SERIAL, serial),
        constant(FIRMWARE, '1'),
      ),
    ];
  }

  /** Takes the place of the sample before, and is sent to all who have subscribed. */
  update(sample: ClimateSample): void {
    this.#sample = sample;
    for (const { value, subscribers } of this.#measured)
      for (const notify of subscribers.values()) notify(value.encode(sample));
  }

  #measuredCharacteristic(value: MeasuredValue): Characteristic {
    const subscribers = new Map<ConnectionHandle, UpdateValueCallback>();
    this.#measured.push({ value, subscribers });
    return new bleno.Characteristic({
      uuid: value.uuid,
      properties: ['read', 'notify'],
      onReadRequest: (_connection, offset, callback) =>
        callback(RESULT_SUCCESS, value.encode(this.#sample).subarray(offset)),
      onSubscribe: (connection, _maxValueSize, notify) => void subscribers.set(connection, notify),
      onUnsubscribe: (connection) => void subscribers.delete(connection),
    });
  }
}

function constant(uuid: string, text: string): Characteristic {
  return new bleno.Characteristic({ uuid, properties: ['read'], value: Buffer.from(text) });
}
