import { IMPORTS } from '../../../host/src/abi/imports.ts';
import { guestWat } from '../../lib/wat.ts';

/**
 * A module that follows the ABI until it is told to attack: on a method it runs `attack`, the body of a function with the parameters
 * `$frame` and `$length`, and answers with 200 if that returns. `imports` are names such as `log.write`, called as `$log.write`.
 */
export function attackWat(options: {
  readonly attack: string;
  readonly imports?: readonly string[];
  readonly functions?: string;
  readonly data?: string;
  readonly pages?: number;
  /** Runs on the start event. */
  readonly onStart?: string;
  /** Runs on messages, timers, desired properties and answers of devices; same parameters as `attack`. */
  readonly onEvent?: string;
}): string {
  const { attack, imports = [], functions = '', data, pages, onStart = '', onEvent = '' } = options;
  return guestWat({
    imports: importsWat([...new Set(['method.respond', ...imports])]),
    functions: `
      ${functions}
      (func $attack (param $frame i32) (param $length i32) ${attack})
      (func $on_start (param $frame i32) (param $length i32) ${onStart})
      (func $on_event (param $frame i32) (param $length i32) ${onEvent})`,
    ...(data === undefined ? {} : { data }),
    ...(pages === undefined ? {} : { pages }),
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then (call $on_start (local.get $frame) (local.get $length))))
      (if (i32.eq (local.get $kind) (i32.const 5)) (then
        (call $attack (local.get $frame) (local.get $length))
        (drop (call $method.respond (i32.load offset=24 (local.get $frame)) (i32.const 200) (i32.const 0) (i32.const 0))))
      (else (if (i32.ne (local.get $kind) (i32.const 1)) (then (call $on_event (local.get $frame) (local.get $length))))))
      (i32.const 0)`,
  });
}

/** Imports of the ABI in text form, by names such as `log.write`. */
export function importsWat(names: readonly string[]): string {
  return names
    .map((name) => {
      const [namespace = '', item = ''] = name.split('.');
      const parameters = IMPORTS[namespace]?.[item]?.parameters;
      if (parameters === undefined) throw new RangeError(`the ABI has no ${name}`);
      return `(import "${namespace}" "${item}" (func $${name} (param ${'i32 '.repeat(parameters)}) (result i32)))`;
    })
    .join('\n');
}

/** A call that must return `expected`, or the module traps. */
export const expectWat = (call: string, expected: number): string =>
  `(if (i32.ne ${call} (i32.const ${expected})) (then unreachable))`;

/** Text as a data segment at an address. */
export const dataWat = (at: number, text: string | Uint8Array): string =>
  `(data (i32.const ${at}) "${[...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}")`;

/** A loop that runs `code` `times` times. `name` is of its counter, which must be a local of the function. */
export const repeatWat = (name: string, times: number, code: string): string => `
  (local.set $${name} (i32.const ${times}))
  (loop $repeat_${name}
    ${code}
    (br_if $repeat_${name} (local.tee $${name} (i32.sub (local.get $${name}) (i32.const 1)))))`;
