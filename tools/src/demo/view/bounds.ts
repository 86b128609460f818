import { LIMITS, SETPOINTS } from '../../../simulators/pump/register-map.ts';
import type { SeriesPoint } from '../series.ts';

/** The pump's documented limits of one measurement. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** The limits by measurement, as the pump comes with them. */
export const BOUNDS: Readonly<Record<string, Bounds>> = Object.fromEntries(
  LIMITS.map(({ measurement, setpoint, side }) => [
    measurement,
    { [side]: SETPOINTS.find(({ name }) => name === setpoint)?.default },
  ]),
);

/** Whether some of what a point stands for was beyond a limit. */
export function isBeyond({ min, max }: Pick<SeriesPoint, 'min' | 'max'>, bounds: Bounds): boolean {
  return (bounds.min !== undefined && min < bounds.min) || (bounds.max !== undefined && max > bounds.max);
}
