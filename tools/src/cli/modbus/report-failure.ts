import type { Explanation } from './failure.ts';

/** A failure for people: what happened, its code, and what to look at. */
export const failureText = ({ code, message, check }: Explanation): string =>
  `${message} (${code})\n${check.map((line) => `  - ${line}\n`).join('')}`;
