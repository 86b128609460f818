/** Longest time of one fuzz test, in milliseconds: short in the test run, longer with `npm run fuzz -- --minutes N`. */
export const FUZZ_MS = Number(process.env['GATEHOUSE_FUZZ_MS'] ?? 2_000);

/** Deadline of a fuzz test, which may finish the case at hand. */
export const FUZZ_DEADLINE_MS = FUZZ_MS * 2 + 60_000;
