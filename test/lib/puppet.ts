import { MESSAGE_BYTES, METHOD_BYTES } from '../../host/src/abi/constants.ts';
import { decodeMessageRecord } from '../../host/src/abi/message-record.ts';
import { TO_CELL, TO_HOST } from '../../host/src/bridge/frames.ts';
import type { SentFrame, TestCell } from './test-cell.ts';
import { compileWat, guestWat } from './wat.ts';

/** Import functions that a puppet can be told to call, with their numbers of parameters. */
const CALLS = [
  ['message', 'input', 2],
  ['message', 'output', 2],
  ['message', 'emit', 6],
  ['message', 'source', 3],
  ['log', 'write', 3],
  ['log', 'abort', 6],
  ['timer', 'set', 3],
  ['timer', 'clear', 1],
  ['twin', 'report', 2],
  ['method', 'respond', 4],
  ['kv', 'get', 4],
  ['kv', 'set', 4],
  ['kv', 'remove', 2],
  ['modbus', 'request', 2],
  ['serial', 'request', 2],
  ['ble', 'request', 2],
] as const;
/** Capabilities that a puppet has only when it asks for them. */
const GRANTED = ['kv', 'modbus', 'serial', 'ble'] as const;
type Granted = (typeof GRANTED)[number];

type CallName = `${(typeof CALLS)[number][0]}.${(typeof CALLS)[number][1]}`;

/** One step of a script: an import call, a write to memory, growth, or how the event ends. */
export type Step =
  | readonly [CallName, ...number[]]
  | readonly ['poke', address: number, text: string]
  | readonly ['grow', pages: number]
  | readonly ['mode', Mode]
  | readonly ['return', status: number]
  | readonly ['trap'];

/** What a puppet does with a message, timer, answer or desired event: copies the frame to `seen`, or fails. */
export type Mode = 'copy' | 'trap' | 'refuse' | 'forward' | 'ignore';
const MODES: readonly Mode[] = ['copy', 'trap', 'refuse', 'forward', 'ignore'];

const STEP_BYTES = 32;
const FIRST_CALL = 10;
const MODE_AT = 64;
const RESULTS_AT = 128;
/** Free memory for scripts; the inbox begins at 4096. */
export const SCRATCH = 1024;

/**
 * A guest that does what a script in a method's payload says: makes import calls with any arguments, ends as told, and
 * emits the results of its calls on output 0, `results`. Output 1 is `seen`, output 2 `forward`.
 */
export function puppetWasm(grants: readonly Granted[] = []): Uint8Array {
  const used = CALLS.map(([namespace, name, count], index) => ({ namespace, name, count, index })).filter(
    ({ namespace }) => !(GRANTED as readonly string[]).includes(namespace) || (grants as string[]).includes(namespace),
  );
  const argument = (n: number) => `(i32.load offset=${4 + 4 * n} (local.get $step))`;
  return compileWat(
    guestWat({
      imports: used
        .map(
          ({ namespace, name, count, index }) =>
            `(import "${namespace}" "${name}" (func $call${index} (param ${'i32 '.repeat(count)}) (result i32)))`,
        )
        .join('\n'),
      data: '(data (i32.const 0) "results\\00seen\\00forward")',
      functions: `
        (func $start (result i32)
          (drop (call $call1 (i32.const 0) (i32.const 7)))
          (drop (call $call1 (i32.const 8) (i32.const 4)))
          (drop (call $call1 (i32.const 13) (i32.const 7)))
          (i32.const 0))
        (func $event (param $frame i32) (param $length i32) (result i32)
          (local $mode i32)
          (local.set $mode (i32.load (i32.const ${MODE_AT})))
          (if (i32.eq (local.get $mode) (i32.const 1)) (then unreachable))
          (if (i32.eq (local.get $mode) (i32.const 2)) (then (return (i32.const 7))))
          (if (i32.eq (local.get $mode) (i32.const 4)) (then (return (i32.const 0))))
          (if (i32.eq (local.get $mode) (i32.const 3)) (then (return (call $call2 (i32.const 2)
            (i32.load8_u offset=2 (local.get $frame))
            (i32.add (local.get $frame) (i32.const ${MESSAGE_BYTES})) (i32.load offset=48 (local.get $frame))
            (i32.add (i32.add (local.get $frame) (i32.const ${MESSAGE_BYTES}))
              (i32.and (i32.add (i32.load offset=48 (local.get $frame)) (i32.const 7)) (i32.const -8)))
            (i32.load offset=52 (local.get $frame))))))
          (drop (call $call2 (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (local.get $frame) (local.get $length)))
          (i32.const 0))
        (func $script (param $step i32) (result i32)
          (local $op i32) (local $results i32) (local $result i32) (local $n i32)
          (local.set $results (i32.const ${RESULTS_AT}))
          (loop $next
            (local.set $op (i32.load (local.get $step)))
            (if (i32.eq (local.get $op) (i32.const 0)) (then
              (drop (call $call2 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const ${RESULTS_AT})
                (i32.sub (local.get $results) (i32.const ${RESULTS_AT}))))
              (return ${argument(0)})))
            (if (i32.eq (local.get $op) (i32.const 1)) (then unreachable))
            (if (i32.eq (local.get $op) (i32.const 2)) (then
              (memory.copy ${argument(0)} (i32.add (local.get $step) (i32.const ${STEP_BYTES})) ${argument(1)})
              (local.set $step (i32.add (local.get $step)
                (i32.and (i32.add ${argument(1)} (i32.const ${2 * STEP_BYTES - 1})) (i32.const ${-STEP_BYTES}))))
              (br $next)))
            (if (i32.eq (local.get $op) (i32.const 3)) (then (local.set $result (memory.grow ${argument(0)}))))
            (if (i32.eq (local.get $op) (i32.const 4)) (then
              (i32.store (i32.const ${MODE_AT}) ${argument(0)})
              (local.set $step (i32.add (local.get $step) (i32.const ${STEP_BYTES})))
              (br $next)))
            ${used
              .map(
                ({ count, index }) => `(if (i32.eq (local.get $op) (i32.const ${FIRST_CALL + index})) (then
                  (local.set $result (call $call${index} ${Array.from({ length: count }, (_, n) => argument(n)).join(' ')}))))`,
              )
              .join('\n')}
            (i32.store (local.get $results) (local.get $result))
            (local.set $results (i32.add (local.get $results) (i32.const 4)))
            (local.set $step (i32.add (local.get $step) (i32.const ${STEP_BYTES})))
            (br $next))
          (unreachable))`,
      handle: `
        (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (call $start))))
        (if (i32.ne (local.get $kind) (i32.const 5)) (then (return (call $event (local.get $frame) (local.get $length)))))
        (call $script (i32.add (i32.add (local.get $frame) (i32.const ${METHOD_BYTES}))
          (i32.and (i32.add (i32.load offset=28 (local.get $frame)) (i32.const 7)) (i32.const -8))))`,
    }),
  );
}

/** Encodes steps as a puppet reads them. */
function encodeScript(steps: readonly Step[]): Uint8Array {
  const all: readonly Step[] = [...steps, ['return', 0]];
  const chunks = all.map((step) => {
    const [name, ...rest] = step;
    if (name === 'poke') {
      const text = Buffer.from(step[2], 'latin1');
      const chunk = new Uint8Array(STEP_BYTES + Math.ceil(text.length / STEP_BYTES) * STEP_BYTES);
      new Int32Array(chunk.buffer, 0, 3).set([2, step[1], text.length]);
      chunk.set(text, STEP_BYTES);
      return chunk;
    }
    const words = new Int32Array(STEP_BYTES / 4);
    const ops: Record<string, number> = { return: 0, trap: 1, grow: 3, mode: 4 };
    words[0] = ops[name] ?? FIRST_CALL + CALLS.findIndex(([namespace, call]) => `${namespace}.${call}` === name);
    const parameters = name === 'mode' ? [MODES.indexOf(step[1] as Mode)] : (rest as number[]);
    for (const [index, value] of parameters.entries()) words[1 + index] = value | 0;
    return new Uint8Array(words.buffer);
  });
  return Buffer.concat(chunks);
}

let nextCall = 1;

/** Lets a puppet run a script; returns what its calls returned, or undefined when the event did not commit. */
export function pull(cell: TestCell, slot: number, ...steps: Step[]): { call: number; results: number[] | undefined } {
  const call = nextCall++;
  const name = new TextEncoder().encode('script__');
  const script = encodeScript(steps);
  const payload = new Uint8Array(name.byteLength + script.byteLength);
  payload.set(name);
  payload.set(script, name.byteLength);
  cell.fromHost.write(TO_CELL.method, slot, call, name.byteLength, 0, payload);
  cell.fromHost.commit();
  const before = cell.effects.length;
  cell.settle();
  cell.collect();
  const sent = cell.effects
    .slice(before)
    .find((frame) => frame.type === TO_HOST.upstream && frame.slot === slot && frame.b === 0);
  return { call, results: sent === undefined ? undefined : wordsOf(bodyOf(sent)) };
}

/** Frames that a puppet saw and copied to `seen`, oldest first; only those after `from`. */
export function seen(cell: TestCell, slot: number): DataView[] {
  cell.collect();
  return cell.effects
    .filter((frame) => frame.type === TO_HOST.upstream && frame.slot === slot && frame.b === 1)
    .map((frame) => {
      const body = bodyOf(frame);
      return new DataView(body.buffer, body.byteOffset, body.byteLength);
    });
}

function bodyOf(frame: SentFrame): Uint8Array {
  return decodeMessageRecord(frame.payload).body;
}

function wordsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getInt32(4 * index, true));
}
