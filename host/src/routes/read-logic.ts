import type { Reader } from './evaluation.ts';

type Truth = boolean | undefined;

/** NOT of undefined is undefined. */
export const readNot =
  (operand: Reader<Truth>): Reader<Truth> =>
  (evaluation) => {
    const truth = operand(evaluation);
    return truth === undefined ? undefined : !truth;
  };

/** False as soon as one operand is false, otherwise undefined if one is undefined. */
export const readAnd = (operands: readonly Reader<Truth>[]): Reader<Truth> => readUntil(false, operands);

/** True as soon as one operand is true, otherwise undefined if one is undefined. */
export const readOr = (operands: readonly Reader<Truth>[]): Reader<Truth> => readUntil(true, operands);

function readUntil(decisive: boolean, operands: readonly Reader<Truth>[]): Reader<Truth> {
  const [first, second, third] = operands;
  if (first === undefined) return () => !decisive;
  if (second === undefined) return first;
  if (third === undefined) {
    return (evaluation) => {
      const a = first(evaluation);
      if (a === decisive) return decisive;
      const b = second(evaluation);
      return b === decisive || a !== undefined ? b : undefined;
    };
  }
  return (evaluation) => {
    let truth: Truth = !decisive;
    for (const operand of operands) {
      const value = operand(evaluation);
      if (value === decisive) return decisive;
      if (value === undefined) truth = undefined;
    }
    return truth;
  };
}
