/** What surrounds the barrel during one step, and how well its valves do their work. */
export interface BarrelSurroundings {
  /** Volume between the two valves at the end of the step, in litres. */
  readonly volume: number;
  /** Pressure below the standing valve, in bar. */
  readonly intakePressure: number;
  /** Pressure above the plunger, in bar. */
  readonly tubingPressure: number;
  /** Part of the inflow that is free gas, 0 to 1. */
  readonly gasFraction: number;
  /** Liquid that passes from above the plunger into the barrel, in litres a second and bar. */
  readonly slip: number;
}

/** What went through the barrel in one step, in litres. */
export interface BarrelFlow {
  /** Through the standing valve, from the well. */
  readonly drawn: number;
  /** Through the travelling valve, to the tubing. */
  readonly lifted: number;
  /** Past the plunger and its valve, back from the tubing. */
  readonly slipped: number;
}

const STANDING_VALVE = 1.2; // litres a second and bar, when open
const TRAVELLING_VALVE = 1.2;
const PRESSURE_MIN = 0.05; // bar; brackets the search below
const PRESSURE_MAX = 500;
const BISECTIONS = 44; // 500 bar / 2^44: far below the resolution of any register

/**
 * The space between standing valve (below) and travelling valve (in the plunger): liquid that does not compress and gas
 * that does (p V = constant). Valves open by pressure difference alone, so that a full barrel pumps, and one filled with
 * gas only breathes: the gas lock needs no rule of its own.
 */
export class Barrel {
  /** Litres of liquid. */
  liquid: number;
  /** Gas as pressure times volume, in bar litres. */
  gas: number;
  /** Pressure below the plunger, in bar. */
  pressure: number;

  constructor(volume: number, pressure: number, gasVolume: number) {
    this.liquid = volume - gasVolume;
    this.gas = pressure * gasVolume;
    this.pressure = pressure;
  }

  /** Finds the pressure at which contents and volume agree at the end of the step (implicit, so any step is stable). */
  step(seconds: number, around: BarrelSurroundings): BarrelFlow {
    const gasVolume = this.gas / this.pressure;
    const gasShare = gasVolume / (gasVolume + this.liquid);
    const contents = (pressure: number) => {
      const drawn = seconds * STANDING_VALVE * Math.max(0, around.intakePressure - pressure);
      const lifted = seconds * TRAVELLING_VALVE * Math.max(0, pressure - around.tubingPressure);
      const slipped = seconds * around.slip * Math.max(0, around.tubingPressure - pressure);
      const liquid = this.liquid + drawn * (1 - around.gasFraction) - lifted * (1 - gasShare) + slipped;
      const gas = this.gas + drawn * around.gasFraction * around.intakePressure - lifted * gasShare * pressure;
      return { drawn, lifted, slipped, liquid, gas };
    };
    // Contents shrink steadily as the pressure grows, so halving the interval always finds the one solution.
    let low = PRESSURE_MIN;
    let high = PRESSURE_MAX;
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (low + high) / 2;
      const { liquid, gas } = contents(middle);
      if (liquid + gas / middle > around.volume) low = middle;
      else high = middle;
    }
    this.pressure = (low + high) / 2;
    const { drawn, lifted, slipped, liquid, gas } = contents(this.pressure);
    this.liquid = liquid;
    this.gas = gas;
    return { drawn, lifted, slipped };
  }

  /** Lets up to `volume` litres of liquid sink out through the standing valve while gas bubbles up in its place. Returns what sank. */
  exchangeForGas(volume: number, liquidMin: number): number {
    const sunk = Math.max(0, Math.min(volume, this.liquid - liquidMin));
    this.liquid -= sunk;
    this.gas += sunk * this.pressure;
    return sunk;
  }
}
