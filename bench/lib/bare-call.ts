import { encodeMessage } from '../../host/src/abi/frames.ts';
import { BODY_BYTES, FORWARD } from './forward-chain.ts';

/** The forwarding module, as it was given, called with the same frame, copied in, and its emitted body copied out: nothing else. Runs for some time and returns the number of calls. */
export function createBareCall(): (ms: number) => number {
  const outgoing = new Uint8Array(65_536);
  let memory = new Uint8Array();
  const noop = (): number => 0;
  const emit = (
    _output: number,
    _flags: number,
    _at: number,
    _bytes: number,
    body: number,
    bodyBytes: number,
  ): number => {
    outgoing.set(memory.subarray(body, body + bodyBytes));
    return 0;
  };
  const compiled = new WebAssembly.Module(FORWARD);
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    imports[module] ??= {};
    imports[module][name] = name === 'emit' ? emit : noop;
  }
  const { exports } = new WebAssembly.Instance(compiled, imports);
  const handle = exports['gatehouse_handle'] as (pointer: number, length: number) => number;
  (exports['_initialize'] as (() => void) | undefined)?.();
  const inbox = (exports['gatehouse_alloc'] as (length: number) => number)(1024);
  memory = new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer);
  const stamps = { time: 1, monotonic: 1, emitted: 1, sequence: 1, source: 0, input: 0, hops: 1, isJson: false };
  const frame = encodeMessage({ ...stamps, properties: [], body: new Uint8Array(BODY_BYTES) });
  return (ms) => {
    let calls = 0;
    const began = performance.now();
    while (performance.now() - began < ms) {
      for (let batch = 0; batch < 1000; batch++, calls++) {
        memory.set(frame, inbox);
        handle(inbox, frame.byteLength);
      }
    }
    return calls;
  };
}
