// Node-RED's runtime, without editor and HTTP, with function nodes in a row that send on what they get, for the bench `peers`.
import red from 'node-red';
import { startRuntime } from './node-red-runtime.mjs';
import { answerRuns } from './peer-main.mjs';

/** Messages on their way at the same time: Node-RED hands each on in a turn of the event loop, which many share. */
const IN_FLIGHT = 1_000;

answerRuns(async ({ bodyBytes, links }) => {
  await startRuntime(chainOf(links));
  const nodes = Array.from({ length: links }, (_, index) => red.nodes.getNode(`function-${index}`));
  const body = Buffer.alloc(bodyBytes);
  let arrived = 0;
  let onAll;
  // What the last one sends is counted where it leaves: one more node would cost Node-RED another hop.
  nodes.at(-1).send = () => {
    if (++arrived % IN_FLIGHT === 0) onAll();
  };
  return async (ms) => {
    let messages = 0;
    const began = performance.now();
    while (performance.now() - began < ms) {
      const all = new Promise((resolve) => {
        onAll = resolve;
      });
      for (let index = 0; index < IN_FLIGHT; index++) nodes[0].receive({ payload: Buffer.from(body) });
      await all;
      messages += IN_FLIGHT;
    }
    return messages;
  };
});

function chainOf(links) {
  const functions = Array.from({ length: links }, (_, index) => ({
    ...{ id: `function-${index}`, type: 'function', z: 'flow', name: '', func: 'return msg;', outputs: 1, timeout: 0 },
    ...{ initialize: '', finalize: '', libs: [], wires: [index + 1 < links ? [`function-${index + 1}`] : []] },
  }));
  return [{ id: 'flow', type: 'tab', label: 'chain', disabled: false }, ...functions];
}
