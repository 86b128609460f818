import { compileWat, guestWat } from './wat.ts';

/** What the module asks a driver for: the payload of a request. A subscription is made once and not waited for. */
export interface Ask {
  readonly request: Uint8Array;
  readonly isSubscription?: boolean;
}

export interface AskerOptions {
  /** Begins from the start so long after the last answer, for ever; then nothing is tried again before its turn. */
  readonly againAfterMs?: number;
}

/** An answer as the module got it. A request that its grant refused has the status of the refusal. */
export interface Answer {
  /** Place of the request among those that were asked, from 0. */
  readonly index: number;
  readonly status: number;
  readonly detail: number;
  readonly payload: Buffer;
}

const PREFIX = 'answer ';
const ENTRY_BYTES = 16;
const DATA_MAX_BYTES = 4096;
/** Behind the inbox, which begins at 4,096 and is as long as the longest frame. */
const TEXT = 3 * 65_536;
const HEAD = TEXT - 16;
const RETRY_MS = 50;

/**
 * A module that makes these requests one after the other and logs each answer. It asks again for what the driver cannot
 * do yet, as every module must that starts before its device is connected.
 */
export function askerWasm(
  namespace: string,
  asks: readonly Ask[],
  { againAfterMs = 0 }: AskerOptions = {},
): Uint8Array {
  return compileWat(
    guestWat({
      pages: 4,
      imports: `
        (import "${namespace}" "request" (func $request (param i32 i32) (result i32)))
        (import "timer" "set" (func $timer (param i32 i32 i32) (result i32)))
        (import "log" "write" (func $log (param i32 i32 i32) (result i32)))
        (global $next (mut i32) (i32.const 0))
        (global $againMs i32 (i32.const ${againAfterMs}))`,
      data: `(data (i32.const 0) "${escaped(layout(asks))}") (data (i32.const ${TEXT}) "${PREFIX}")`,
      functions: FUNCTIONS.replaceAll('COUNT', String(asks.length)),
      handle: `
        (if (i32.or (i32.eq (local.get $kind) (i32.const 1)) (i32.eq (local.get $kind) (i32.const 3)))
          (then (call $ask)))
        (if (i32.eq (local.get $kind) (i32.const 6)) (then (call $answer (i32.add (local.get $frame) (i32.const 24)))))
        (i32.const 0)`,
    }),
  );
}

/** The answer that a line of the module's log tells, or undefined for any other line. */
export function parseAnswer(text: string): Answer | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const bytes = Buffer.from(text.slice(PREFIX.length), 'hex');
  const length = bytes.readUInt32LE(9);
  if (bytes.length !== 13 + length) throw new Error(`not an answer: ${text}`);
  const [index, status, detail] = [bytes.readUInt8(0), bytes.readInt32LE(1), bytes.readInt32LE(5)];
  return { index, status, detail, payload: bytes.subarray(13) };
}

/** Entries of offset, length, whether it is a subscription and the id once it is asked, u32 each; then the requests. */
function layout(asks: readonly Ask[]): Buffer {
  const table = Buffer.alloc(asks.length * ENTRY_BYTES);
  let at = table.length;
  for (const [index, { request, isSubscription = false }] of asks.entries()) {
    table.writeUInt32LE(at, index * ENTRY_BYTES);
    table.writeUInt32LE(request.byteLength, index * ENTRY_BYTES + 4);
    table.writeUInt32LE(Number(isSubscription), index * ENTRY_BYTES + 8);
    at += request.byteLength;
  }
  if (at > DATA_MAX_BYTES) throw new Error(`requests of ${at} bytes do not fit in front of the inbox`);
  return Buffer.concat([table, ...asks.map(({ request }) => request)]);
}

const escaped = (bytes: Buffer): string => bytes.toString('hex').replace(/../g, '\\$&');

/** `$answer` takes the place of the request id in the frame: id, status, detail, bytes of the payload, payload. */
const FUNCTIONS = `
  (func $digit (param $at i32) (param $value i32)
    (i32.store8 (local.get $at) (i32.add (local.get $value)
      (select (i32.const 87) (i32.const 48) (i32.gt_u (local.get $value) (i32.const 9))))))
  (func $hex (param $from i32) (param $bytes i32) (param $to i32)
    (local $i i32) (local $byte i32)
    (loop $again
      (if (i32.lt_u (local.get $i) (local.get $bytes)) (then
        (local.set $byte (i32.load8_u (i32.add (local.get $from) (local.get $i))))
        (call $digit (local.get $to) (i32.shr_u (local.get $byte) (i32.const 4)))
        (call $digit (i32.add (local.get $to) (i32.const 1)) (i32.and (local.get $byte) (i32.const 15)))
        (local.set $to (i32.add (local.get $to) (i32.const 2)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $again)))))
  (func $tell (param $index i32) (param $from i32)
    (local $bytes i32)
    (local.set $bytes (i32.add (i32.const 12) (i32.load offset=8 (local.get $from))))
    (i32.store8 (i32.const ${HEAD}) (local.get $index))
    (call $hex (i32.const ${HEAD}) (i32.const 1) (i32.const ${TEXT + PREFIX.length}))
    (call $hex (local.get $from) (local.get $bytes) (i32.const ${TEXT + PREFIX.length + 2}))
    (drop (call $log (i32.const 6) (i32.const ${TEXT})
      (i32.add (i32.const ${PREFIX.length + 2}) (i32.shl (local.get $bytes) (i32.const 1))))))
  (func $ask
    (local $entry i32) (local $id i32)
    (loop $again
      (if (i32.ge_u (global.get $next) (i32.const COUNT)) (then
        (if (i32.eqz (global.get $againMs)) (then (return)))
        (global.set $next (i32.const 0))
        (drop (call $timer (i32.const 0) (global.get $againMs) (i32.const 0)))
        (return)))
      (local.set $entry (i32.mul (global.get $next) (i32.const ${ENTRY_BYTES})))
      (if (i32.and (i32.load offset=8 (local.get $entry)) (i32.gt_s (i32.load offset=12 (local.get $entry)) (i32.const 0)))
        (then (global.set $next (i32.add (global.get $next) (i32.const 1))) (br $again)))
      (local.set $id (call $request (i32.load (local.get $entry)) (i32.load offset=4 (local.get $entry))))
      (i32.store offset=12 (local.get $entry) (local.get $id))
      (if (i32.lt_s (local.get $id) (i32.const 0)) (then
        (i64.store (i32.const ${HEAD + 4}) (i64.extend_i32_u (local.get $id)))
        (i32.store (i32.const ${HEAD + 12}) (i32.const 0))
        (call $tell (global.get $next) (i32.const ${HEAD + 4}))))
      (if (i32.and (i32.gt_s (local.get $id) (i32.const 0)) (i32.eqz (i32.load offset=8 (local.get $entry))))
        (then (return)))
      (global.set $next (i32.add (global.get $next) (i32.const 1)))
      (br $again)))
  (func $answer (param $at i32)
    (local $index i32)
    (block $found (loop $again
      (if (i32.ge_u (local.get $index) (i32.const COUNT)) (then (return)))
      (br_if $found (i32.eq (i32.load (local.get $at))
        (i32.load offset=12 (i32.mul (local.get $index) (i32.const ${ENTRY_BYTES})))))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br $again)))
    (if (i32.ne (local.get $index) (global.get $next))
      (then (return (call $tell (local.get $index) (i32.add (local.get $at) (i32.const 4))))))
    (if (i32.and (i32.eq (i32.load offset=4 (local.get $at)) (i32.const -6)) (i32.eqz (global.get $againMs)))
      (then (drop (call $timer (i32.const 0) (i32.const ${RETRY_MS}) (i32.const 0))) (return)))
    (call $tell (local.get $index) (i32.add (local.get $at) (i32.const 4)))
    (global.set $next (i32.add (global.get $next) (i32.const 1)))
    (call $ask))`;
