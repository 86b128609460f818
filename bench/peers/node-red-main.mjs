// Node-RED's runtime, without editor and HTTP, with function nodes in a row that send on what they get, for the bench `peers`.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import red from 'node-red';
import { answerRuns } from './peer-main.mjs';

/** Messages on their way at the same time: Node-RED hands each on in a turn of the event loop, which many share. */
const IN_FLIGHT = 1_000;

answerRuns(async ({ bodyBytes, links }) => {
  await startRuntime(links);
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

async function startRuntime(links) {
  const userDir = mkdtempSync(join(tmpdir(), 'gatehouse-node-red-'));
  process.on('exit', () => rmSync(userDir, { recursive: true, force: true }));
  process.on('SIGTERM', () => process.exit());
  const started = new Promise((resolve) => red.events.once('flows:started', resolve));
  red.init(createServer(), {
    userDir,
    httpAdminRoot: false,
    httpNodeRoot: false,
    logging: { console: { level: 'fatal', metrics: false, audit: false } },
    telemetry: { enabled: false },
    storageModule: storageOf(links),
  });
  await red.start();
  await started;
}

/** Flows from memory; nothing is saved. */
function storageOf(links) {
  const functions = Array.from({ length: links }, (_, index) => ({
    ...{ id: `function-${index}`, type: 'function', z: 'flow', name: '', func: 'return msg;', outputs: 1, timeout: 0 },
    ...{ initialize: '', finalize: '', libs: [], wires: [index + 1 < links ? [`function-${index + 1}`] : []] },
  }));
  const flows = [{ id: 'flow', type: 'tab', label: 'chain', disabled: false }, ...functions];
  const nothing = async () => ({});
  return {
    init: async () => undefined,
    getFlows: async () => flows,
    saveFlows: async () => undefined,
    getCredentials: nothing,
    saveCredentials: async () => undefined,
    getSettings: nothing,
    saveSettings: async () => undefined,
    getSessions: nothing,
    saveSessions: async () => undefined,
    getLibraryEntry: async () => [],
    saveLibraryEntry: async () => undefined,
  };
}
