import { signedLow, unsignedLow } from './bytes';
import { Members } from './members';

/**
 * A characteristic of the environmental sensing service (181a) or the battery service (180f), by its 16-bit UUID: whole numbers, least
 * significant byte first, as the GATT Specification Supplement has them.
 */
class Characteristic {
  constructor(
    readonly uuid: i32,
    readonly name: string,
    /** Length; negative for two's complement. */
    readonly size: i32,
    /** Steps in a unit. */
    readonly steps: f64,
    /** Range of the raw value; what is outside is not allowed. */
    readonly low: f64,
    readonly high: f64,
    /** The raw value that says that the value is not known; NaN where there is none. */
    readonly unknown: f64,
  ) {}
}

const CHARACTERISTICS: Characteristic[] = [
  new Characteristic(0x2a19, 'batteryPct', 1, 1, 0, 100, NaN),
  new Characteristic(0x2a6c, 'elevationM', -3, 100, -8_388_608, 8_388_607, NaN),
  new Characteristic(0x2a6d, 'pressurePa', 4, 10, 0, 4_294_967_295, NaN),
  new Characteristic(0x2a6e, 'temperatureCel', -2, 100, -27_315, 32_767, -32_768),
  new Characteristic(0x2a6f, 'humidityPct', 2, 100, 0, 10_000, 65_535),
  new Characteristic(0x2a70, 'windSpeedTrueMps', 2, 100, 0, 65_535, NaN),
  new Characteristic(0x2a71, 'windDirectionTrueDeg', 2, 100, 0, 35_999, NaN),
  new Characteristic(0x2a72, 'windSpeedApparentMps', 2, 100, 0, 65_535, NaN),
  new Characteristic(0x2a73, 'windDirectionApparentDeg', 2, 100, 0, 35_999, NaN),
  new Characteristic(0x2a74, 'gustFactor', 1, 10, 0, 255, NaN),
  new Characteristic(0x2a75, 'pollenPerM3', 3, 1, 0, 16_777_215, NaN),
  new Characteristic(0x2a76, 'uvIndex', 1, 1, 0, 255, NaN),
  new Characteristic(0x2a77, 'irradianceWPerM2', 2, 10, 0, 65_535, NaN),
  new Characteristic(0x2a78, 'rainfallMm', 2, 1, 0, 65_535, NaN),
  new Characteristic(0x2a79, 'windChillCel', -1, 1, -128, 127, NaN),
  new Characteristic(0x2a7a, 'heatIndexCel', -1, 1, -128, 127, NaN),
  new Characteristic(0x2a7b, 'dewPointCel', -1, 1, -128, 127, NaN),
  new Characteristic(0x2afb, 'illuminanceLux', 3, 100, 0, 16_777_214, 16_777_215),
  new Characteristic(0x2b8c, 'co2Ppm', 2, 1, 0, 65_534, 65_535),
];

/** Whether values of that characteristic are decoded. */
export function isEnvironment(uuid: i32): bool {
  return find(uuid) !== null;
}

/** Decodes a value; false when it has another length than its characteristic, or is out of its range. One that is not known is left out. */
export function decodeEnvironment(uuid: i32, at: usize, bytes: i32, members: Members): bool {
  const characteristic = find(uuid);
  if (characteristic === null || bytes != abs(characteristic.size)) return false;
  const raw = characteristic.size < 0 ? signedLow(at, bytes) : unsignedLow(at, bytes);
  if (raw == characteristic.unknown) return true;
  if (raw < characteristic.low || raw > characteristic.high) return false;
  members.number(characteristic.name, raw / characteristic.steps);
  return true;
}

function find(uuid: i32): Characteristic | null {
  for (let i = 0; i < CHARACTERISTICS.length; i++) if (CHARACTERISTICS[i].uuid == uuid) return CHARACTERISTICS[i];
  return null;
}
