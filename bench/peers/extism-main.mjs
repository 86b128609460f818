// Calls a module behind Extism, in this thread or in Extism's worker, for the bench `peers`.
import { createPlugin } from '@extism/extism';
import { answerRuns } from './peer-main.mjs';

/** Its table of blocks overflows after 32,768. */
const RESET_EVERY = 4_000;

answerRuns(async ({ wasm, bodyBytes, runInWorker }) => {
  const plugin = await createPlugin({ wasm: [{ data: wasm }] }, { useWasi: false, runInWorker });
  const body = new Uint8Array(bodyBytes).map((_, index) => index);
  const echoed = (await plugin.call('echo', body)).bytes();
  if (Buffer.compare(echoed, body) !== 0) throw new Error('the module does not echo');
  let calls = 0;
  return async (ms) => {
    const before = calls;
    const began = performance.now();
    while (performance.now() - began < ms) {
      for (let batch = 0; batch < 100; batch++) {
        if (++calls % RESET_EVERY === 0) await plugin.reset();
        const result = await plugin.call('echo', body);
        if (result.bytes().byteLength !== body.byteLength) throw new Error('the module lost something');
      }
    }
    return calls - before;
  };
});
