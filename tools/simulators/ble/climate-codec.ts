import type { ClimateSample } from './climate.ts';

//  characteristic       UUID   layout          one count
//  Temperature          2a6e   s16 (LE)        0.01 °C
//  Humidity             2a6f   u16 (LE)        0.01 %
//  Pressure             2a6d   u32 (LE)        0.1 Pa
//  Battery Level        2a19   u8              1 %
//
// As the GATT Specification Supplement has them.

/** A characteristic that carries one measurement. */
export interface MeasuredValue {
  readonly uuid: string;
  readonly encode: (sample: ClimateSample) => Buffer;
}

export const TEMPERATURE: MeasuredValue = {
  uuid: '2a6e',
  encode: ({ temperatureCelsius }) => {
    const value = Buffer.alloc(2);
    value.writeInt16LE(Math.round(temperatureCelsius * 100));
    return value;
  },
};

export const HUMIDITY: MeasuredValue = {
  uuid: '2a6f',
  encode: ({ humidityPercent }) => {
    const value = Buffer.alloc(2);
    value.writeUInt16LE(Math.round(humidityPercent * 100));
    return value;
  },
};

export const PRESSURE: MeasuredValue = {
  uuid: '2a6d',
  encode: ({ pressurePascal }) => {
    const value = Buffer.alloc(4);
    value.writeUInt32LE(Math.round(pressurePascal * 10));
    return value;
  },
};

export const BATTERY: MeasuredValue = {
  uuid: '2a19',
  encode: ({ batteryPercent }) => Buffer.from([batteryPercent]),
};
