import { quote, routeError } from './route-error.ts';

/** The way from a JSON value to one inside it: keys of objects and indices of lists. */
export type BodyPath = readonly (string | number)[];

const STEP = /^([^()<>@,;:\\"/[\]?={}.\t\n\r]+)(?:\[(\d{1,9})\])?$/;

/**
 * Parses `a.b[0].c`: names with at most one index each; wildcards, ranges and filters do not exist. `offset` is where `path`
 * stands in `text`, for errors.
 */
export function parseBodyPath(text: string, path: string, offset: number): BodyPath {
  const steps: (string | number)[] = [];
  let at = offset;
  for (const part of path.split('.')) {
    const step = STEP.exec(part);
    if (step === null || step[1] === '*') {
      throw routeError(
        'ROUTE_SYNTAX',
        text,
        { offset: at, end: at + part.length },
        {
          expected: 'a name, or a name and one index such as `list[0]`, between the dots of a path',
          got: part === '' ? 'nothing' : quote(part),
        },
      );
    }
    steps.push(step[1]!);
    if (step[2] !== undefined) steps.push(Number(step[2]));
    at += part.length + 1;
  }
  return steps;
}
