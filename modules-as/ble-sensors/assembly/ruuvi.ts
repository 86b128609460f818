import { hexText, i16High, u16High } from './bytes';
import { Members } from './members';

/** Company identifier of Ruuvi Innovations, in manufacturer data. */
export const RUUVI_COMPANY: i32 = 0x0499;

const MAC_BYTES: i32 = 6;
const PRESSURE_OFFSET_PA: f64 = 50_000;
/** Of 65,536, which is one more than the most lux of a code. */
const NATURAL_LOGARITHM: f64 = 11.090354888959125;

/**
 * Manufacturer data of a Ruuvi sensor behind the company identifier. False when it is no layout that is known, or has another length than
 * its layout. Values that the sensor marks as not available are left out.
 */
export function decodeRuuvi(at: usize, bytes: i32, members: Members): bool {
  const format = bytes > 0 ? load<u8>(at) : 0;
  if (format == 3 && bytes == 14) return decodeFormat3(at, members);
  if (format == 5 && bytes == 24) return decodeFormat5(at, members);
  return format == 6 && bytes == 20 && decodeFormat6(at, members);
}

// RAWv1, most significant byte first
// ┌───┬──────────┬─────────────────────┬──────────┬──────────┬────┬────┬────┬─────────┐
// │ 3 │ humidity │ temperature: sign   │ hundred- │ pressure │ x  │ y  │ z  │ battery │
// │   │ 0.5 %    │ and 7 bits          │ ths      │ -50 kPa  │ mG │ mG │ mG │ mV      │
// └───┴──────────┴─────────────────────┴──────────┴──────────┴────┴────┴────┴─────────┘
//  0   1          2                     3          4          6    8    10   12        14
function decodeFormat3(at: usize, members: Members): bool {
  const whole: u32 = load<u8>(at, 2);
  const hundredths: u32 = load<u8>(at, 3);
  if (hundredths > 99) return false;
  const temperature = <f64>((whole & 0x7f) * 100 + hundredths) / 100;
  members.number('temperatureCel', (whole & 0x80) != 0 ? -temperature : temperature);
  members.number('humidityPct', <f64>load<u8>(at, 1) / 2);
  members.number('pressurePa', <f64>u16High(at + 4) + PRESSURE_OFFSET_PA);
  writeAcceleration(at + 6, members);
  members.number('batteryV', <f64>u16High(at + 12) / 1000);
  return true;
}

// RAWv2
// ┌───┬─────────────┬──────────┬──────────┬────┬────┬────┬──────────────┬───────────┬──────────┬─────┐
// │ 5 │ temperature │ humidity │ pressure │ x  │ y  │ z  │ battery 11 b │ movements │ sequence │ MAC │
// │   │ 0.005 Cel   │ 0.0025 % │ -50 kPa  │ mG │ mG │ mG │ TX power 5 b │           │          │     │
// └───┴─────────────┴──────────┴──────────┴────┴────┴────┴──────────────┴───────────┴──────────┴─────┘
//  0   1             3          5          7    9    11   13             15          16         18    24
function decodeFormat5(at: usize, members: Members): bool {
  writeClimate(at, members);
  writeAcceleration(at + 7, members);
  const power = u16High(at + 13);
  if (power >> 5 != 0x7ff) members.number('batteryV', <f64>((power >> 5) + 1600) / 1000);
  if ((power & 31) != 31) members.number('txPowerDbm', <f64>(power & 31) * 2 - 40);
  if (load<u8>(at, 15) != 0xff) members.number('movements', load<u8>(at, 15));
  if (u16High(at + 16) != 0xffff) members.number('sequence', u16High(at + 16));
  writeMac(at + 18, MAC_BYTES, members);
  return true;
}

// ┌───┬─────────────┬──────────┬──────────┬───────────┬─────┬─────┬─────┬────────────┬──────────┬──────────┬───────┬─────────┐
// │ 6 │ temperature │ humidity │ pressure │ PM 2.5    │ CO2 │ VOC │ NOX │ luminosity │ reserved │ sequence │ flags │ end of  │
// │   │ 0.005 Cel   │ 0.0025 % │ -50 kPa  │ 0.1 ug/m3 │ ppm │     │     │            │          │          │       │ the MAC │
// └───┴─────────────┴──────────┴──────────┴───────────┴─────┴─────┴─────┴────────────┴──────────┴──────────┴───────┴─────────┘
//  0   1             3          5          7           9     11    12    13           14         15         16      17        20
/** The indices have 9 bits, the lowest of which are bits 6 and 7 of the flags. */
function decodeFormat6(at: usize, members: Members): bool {
  const flags: u32 = load<u8>(at, 16);
  const luminosity = load<u8>(at, 13);
  writeClimate(at, members);
  if (u16High(at + 7) != 0xffff) members.number('pm25UgPerM3', <f64>u16High(at + 7) / 10);
  if (u16High(at + 9) != 0xffff) members.number('co2Ppm', u16High(at + 9));
  writeIndex('vocIndex', ((<u32>load<u8>(at, 11)) << 1) | ((flags >> 6) & 1), members);
  writeIndex('noxIndex', ((<u32>load<u8>(at, 12)) << 1) | ((flags >> 7) & 1), members);
  if (luminosity != 0xff) members.number('illuminanceLux', lux(luminosity));
  members.number('sequence', load<u8>(at, 15));
  members.flag('calibrating', (flags & 1) != 0);
  writeMac(at + 17, 3, members);
  return true;
}

/** Temperature, humidity and pressure, which formats 5 and 6 begin with. */
function writeClimate(at: usize, members: Members): void {
  if (u16High(at + 1) != 0x8000) members.number('temperatureCel', (<f64>i16High(at + 1) * 5) / 1000);
  if (u16High(at + 3) != 0xffff) members.number('humidityPct', (<f64>u16High(at + 3) * 25) / 10_000);
  if (u16High(at + 5) != 0xffff) members.number('pressurePa', <f64>u16High(at + 5) + PRESSURE_OFFSET_PA);
}

function writeAcceleration(at: usize, members: Members): void {
  writeAxis('accelerationXG', at, members);
  writeAxis('accelerationYG', at + 2, members);
  writeAxis('accelerationZG', at + 4, members);
}

function writeAxis(name: string, at: usize, members: Members): void {
  if (u16High(at) != 0x8000) members.number(name, <f64>i16High(at) / 1000);
}

function writeIndex(name: string, value: u32, members: Members): void {
  if (value != 0x1ff) members.number(name, value);
}

/** The address that the sensor says it has, most significant byte first. */
function writeMac(at: usize, bytes: i32, members: Members): void {
  for (let i = 0; i < bytes; i++) {
    if (load<u8>(at + i) == 0xff) continue;
    members.text('mac', hexText(at, bytes, ':'));
    return;
  }
}

/** Lux of a logarithmic code, 254 of which is 65,535 lux, to the hundredth that the specification allows. */
function lux(code: u32): f64 {
  return Math.round((Math.exp((<f64>code * NATURAL_LOGARITHM) / 254) - 1) * 100) / 100;
}
