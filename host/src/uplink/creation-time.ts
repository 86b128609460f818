import { type Moment, timeOf } from '../time/index.ts';
import type { UplinkEnvironment } from './environment.ts';
import { encodePropertyBag } from './property-bag.ts';

/** Application property by which the hub knows of a creation time that is not what the clock said then, or is none. */
export const TIME_PROPERTY = 'gatehouse-time';

/** A creation time as a property of a message. */
export const creationTime = (timeMs: number): string => new Date(timeMs).toISOString();

/**
 * What is sent in the place of a property bag: the same, unless its message was made before somebody set the clock. Then its
 * creation time is corrected, and marked as `corrected`; while the time is not known it stays, and is marked as `unset`, as is
 * one that its sender has written itself.
 *
 * @param suffix a property bag, behind which there may be a slash
 * @param made when the message was made
 */
export function suffixWithTime(suffix: string, made: Moment, environment: UplinkEnvironment): string {
  const now = { timeMs: environment.now(), monotonicMs: environment.monotonic() };
  const timeMs = environment.isTimeKnown() ? timeOf(made, now) : made.timeMs;
  if (timeMs === made.timeMs) return environment.canBeTime(timeMs) ? suffix : marked(suffix, 'unset');
  const corrected = withEntry(suffix, creationEntry(made.timeMs), creationEntry(timeMs));
  return corrected === undefined ? marked(suffix, 'unset') : marked(corrected, 'corrected');
}

/** The same with another entry in the place of one; undefined where that is not. The name of a property may end as another begins. */
function withEntry(suffix: string, entry: string, other: string): string | undefined {
  const slash = suffix.endsWith('/') ? '/' : '';
  const entries = suffix.slice(0, suffix.length - slash.length).split('&');
  const at = entries.indexOf(entry);
  if (at < 0) return undefined;
  entries[at] = other;
  return entries.join('&') + slash;
}

const creationEntry = (timeMs: number): string => encodePropertyBag([['$.ctime', creationTime(timeMs)]]);

function marked(suffix: string, mark: 'unset' | 'corrected'): string {
  const isSlashed = suffix.endsWith('/');
  const bag = isSlashed ? suffix.slice(0, -1) : suffix;
  return `${bag}${bag === '' ? '' : '&'}${TIME_PROPERTY}=${mark}${isSlashed ? '/' : ''}`;
}
