export { BUILT_AT } from './built-at.ts';
export { type Moment, timeOf } from './moment.ts';
export { readSavedTime, SavedTime } from './saved-time.ts';
export { sharedMonotonic } from './shared-monotonic.ts';
export { CEILING, type ClockSetting, readClocks, WallClock } from './wall-clock.ts';
