const RAMP_SECONDS = 1.5; // standstill to rated speed
const BRAKE_SECONDS = 0.8; // rated speed to standstill
const RATED_RADIANS_PER_SECOND = (15 / 60) * 2 * Math.PI;
const MAGNETISING_AMPERE = 2.8;
const VOLT = 400 * Math.sqrt(3) * 0.9; // three phases, power factor of the active part
const EFFICIENCY = 0.85;
const IDLE_WATT = 350; // gearbox and bearings at rated speed
const CURRENT_SMOOTHING_SECONDS = 0.8; // the meter's averaging
const AMBIENT_CELSIUS = 22;
const CELSIUS_PER_WATT = 0.045;
const THERMAL_SECONDS = 180;

/** The motor with gear and brake: follows a stroke rate, and shows its load as current and temperature. */
export class Motor {
  /** Crank speed in radians a second. */
  speed = 0;
  /** Effective current, averaged as a meter does, in ampere. */
  current = 0;
  /** Winding temperature in degrees Celsius. */
  temperature = AMBIENT_CELSIUS;

  /** `targetSpeed` in radians a second; 0 brakes. `loadWatt` is what the crank takes, negative when it gives power back. */
  step(seconds: number, targetSpeed: number, loadWatt: number): void {
    const rampTime = targetSpeed > this.speed ? RAMP_SECONDS : BRAKE_SECONDS;
    const change = (RATED_RADIANS_PER_SECOND / rampTime) * seconds;
    this.speed += Math.max(-change, Math.min(change, targetSpeed - this.speed));
    const powered = targetSpeed > 0;
    const watt = powered ? Math.abs(loadWatt) / EFFICIENCY + (IDLE_WATT * this.speed) / RATED_RADIANS_PER_SECOND : 0;
    const ampere = powered ? Math.hypot(MAGNETISING_AMPERE, watt / VOLT) : 0;
    this.current += (ampere - this.current) * Math.min(1, seconds / CURRENT_SMOOTHING_SECONDS);
    const settled = AMBIENT_CELSIUS + CELSIUS_PER_WATT * watt * (1 - EFFICIENCY) + 3.2 * this.current;
    this.temperature += ((settled - this.temperature) * seconds) / THERMAL_SECONDS;
  }

  /** Starts warm and turning, as if the motor had run for an hour at this temperature. */
  runWarm(speed: number, temperature: number): void {
    this.speed = speed;
    this.temperature = temperature;
  }
}
