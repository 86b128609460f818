import type { FailsToStart, Runs } from './attack.ts';

/** The call is ended by the meter: the caller gets 500, what the event did is taken back, and a new instance runs at once. */
export const OUT_OF_FUEL: Runs = {
  kind: 'runs',
  answer: 500,
  failures: [{ code: 'MODULE_OUT_OF_FUEL' }],
  counters: { trapped: 1, outOfFuel: 1 },
};
/** The same for the depth of calls. */
export const OUT_OF_STACK: Runs = {
  kind: 'runs',
  answer: 500,
  failures: [{ code: 'MODULE_OUT_OF_STACK' }],
  counters: { trapped: 1, outOfStack: 1 },
};
export const STARVES_AT_START: FailsToStart = { kind: 'fails-to-start', code: 'MODULE_OUT_OF_FUEL', isRetried: true };
export const OVERFLOWS_AT_START: FailsToStart = {
  kind: 'fails-to-start',
  code: 'MODULE_OUT_OF_STACK',
  isRetried: true,
};
/** The code of the attack came to its end and reached nothing. */
export const IN_VAIN: Runs = { kind: 'runs', answer: 200 };

/** The instance traps by itself. */
export const trapsWith = (says: string): Runs => ({
  kind: 'runs',
  answer: 500,
  failures: [{ code: 'MODULE_TRAPPED', says }],
  counters: { trapped: 1 },
});
