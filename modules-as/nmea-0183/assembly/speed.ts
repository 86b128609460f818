import { rounded } from './field-reader';

/** Metres per second, to 1 mm/s, of a speed in the unit of a letter: knots (N), km/h (K), miles an hour (S) or m/s (M). */
export function metresPerSecond(speed: f64, unit: i32): f64 {
  if (unit == 0x4e) return rounded((speed * 1852) / 3600, 1000);
  if (unit == 0x4b) return rounded(speed / 3.6, 1000);
  return unit == 0x53 ? rounded(speed * 0.447_04, 1000) : speed;
}
