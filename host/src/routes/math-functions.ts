import type { RouteFunction } from './route-function.ts';
import { finiteOrUndefined, numberReader } from './typed-reader.ts';

function ofOneNumber(signature: string, calculate: (value: number) => number): RouteFunction {
  return {
    parameters: ['number'],
    signature,
    compile: ([argument]) => {
      const read = numberReader(argument!);
      return { type: 'number', read: (evaluation) => finiteOrUndefined(calculate(read(evaluation))) };
    },
  };
}

export const MATH_FUNCTIONS: Readonly<Record<string, RouteFunction>> = {
  abs: ofOneNumber('abs(number)', Math.abs),
  exp: ofOneNumber('exp(number)', Math.exp),
  square: ofOneNumber('square(number)', (value) => value * value),
  ceiling: ofOneNumber('ceiling(number)', Math.ceil),
  floor: ofOneNumber('floor(number)', Math.floor),
  sign: ofOneNumber('sign(number)', Math.sign),
  sqrt: ofOneNumber('sqrt(number)', Math.sqrt),
  power: {
    parameters: ['number', 'number'],
    signature: 'power(number, exponent)',
    compile: ([first, second]) => {
      const base = numberReader(first!);
      const exponent = numberReader(second!);
      return { type: 'number', read: (evaluation) => power(base(evaluation), exponent(evaluation)) };
    },
  },
};

/** An undefined argument makes it undefined, also for the exponent 0. */
const power = (base: number, exponent: number): number =>
  Number.isNaN(base) ? base : finiteOrUndefined(base ** exponent);
