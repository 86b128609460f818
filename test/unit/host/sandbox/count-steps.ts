import { type Profiler, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

// Optimised code does not count all that it does.
setFlagsFromString('--no-opt');
setFlagsFromString('--no-sparkplug');

/**
 * How often the pieces of code of the scripts whose address contains `part` run while `action` does, summed over all pieces: a measure
 * of work that is the same each time, unlike time. What built-in functions do inside is not in it.
 */
export function countSteps(part: string, action: () => void): number {
  const session = new Session();
  session.connect();
  try {
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    action();
    let steps = 0;
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      steps = result.filter(({ url }) => url.includes(part)).reduce((sum, script) => sum + stepsOf(script), 0);
    });
    return steps;
  } finally {
    session.disconnect();
  }
}

const stepsOf = ({ functions }: Profiler.ScriptCoverage): number =>
  functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
