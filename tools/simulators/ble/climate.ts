import { gaussian, type Random } from '../pump/random.ts';

/** What a sensor in a machine room measures at one moment. */
export interface ClimateSample {
  readonly temperatureCelsius: number;
  readonly humidityPercent: number;
  readonly pressurePascal: number;
  readonly batteryPercent: number;
}

const PERIOD_SAMPLES = 600;
const BATTERY_SAMPLES = 10_000; // for one percent

/**
 * A room that warms and cools slowly: dry when it is warm, with weather outside and the noise of a small sensor. The same
 * seed gives the same samples.
 */
export class Climate {
  readonly #random: Random;
  #index = 0;
  #weather = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): ClimateSample {
    const index = this.#index++;
    const warmth = Math.sin((2 * Math.PI * index) / PERIOD_SAMPLES);
    this.#weather = 0.999 * this.#weather + gaussian(this.#random, 5);
    return {
      temperatureCelsius: 21.5 + 3 * warmth + gaussian(this.#random, 0.03),
      humidityPercent: 45 - 8 * warmth + gaussian(this.#random, 0.2),
      pressurePascal: 101_325 + this.#weather,
      batteryPercent: Math.max(1, 100 - Math.floor(index / BATTERY_SAMPLES)),
    };
  }
}
