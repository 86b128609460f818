import { dataWat } from './attack-wat.ts';

export const EMIT_IMPORTS = ['message.output', 'message.emit'];
/** The output `out` gets the number 0. */
export const OUT = dataWat(0, 'out');
export const OPEN_OUTPUT = '(drop (call $message.output (i32.const 0) (i32.const 3)))';

/** Emits a message with a body of so many bytes at the output 0. */
export const emit = (bytes: number): string =>
  `(call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8192) (i32.const ${bytes}))`;

/** Whether the event is of this kind. */
export const isKind = (kind: number): string => `(i32.eq (i32.load16_u (local.get $frame)) (i32.const ${kind}))`;
