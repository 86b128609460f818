import { createBareCall } from '../lib/bare-call.ts';
import { atLeast, atMost, type Bench, measureRates, median, rounded } from '../lib/bench.ts';
import { BODY_BYTES, createForwardChain } from '../lib/forward-chain.ts';
import { assembleEcho, compileEcho } from './extism-modules.ts';
import { installPeers } from './install-peers.ts';
import { PeerProcess } from './peer-process.ts';

const LINKS = 3;
const WARM_UP_MS = 1_500;
const MEASURE_MS = 1_000;
const ROUNDS = 5;

/** Messages of 200 bytes through three modules, and through one, against those who do the same, in turns. */
export const peers: Bench = {
  name: 'peers',
  question: 'How many times as fast as Node-RED, Extism and bare wasm is a metered module that sends on what it gets?',
  async run() {
    await installPeers();
    const [echo, echoByHand] = [await compileEcho(), assembleEcho()];
    const extismOf = (wasm: Uint8Array, runInWorker: boolean) =>
      PeerProcess.open('extism-main.mjs', { wasm, bodyBytes: BODY_BYTES, runInWorker });
    const nodeRed = await PeerProcess.open('node-red-main.mjs', { bodyBytes: BODY_BYTES, links: LINKS });
    const extism = await extismOf(echo, false);
    const extismByHand = await extismOf(echoByHand, false);
    const extismWorker = await extismOf(echo, true);
    const [chain, bare] = [createForwardChain(LINKS), createBareCall()];
    const measure = async (ms: number) => ({
      ours: await measureRates(() => chain(ms).messages),
      nodeRed: await nodeRed.run(ms),
      extism: await extism.run(ms),
      extismByHand: await extismByHand.run(ms),
      extismWorker: await extismWorker.run(ms),
      bare: await measureRates(() => bare(ms)),
    });
    try {
      await measure(WARM_UP_MS);
      const rounds: Awaited<ReturnType<typeof measure>>[] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(MEASURE_MS));
      type Round = (typeof rounds)[number];
      const medianOf = (pick: (round: Round) => number): number => rounded(median(rounds.map(pick)));
      const vsNodeRed = medianOf(({ ours, nodeRed }) => ours.perProcessorSecond / nodeRed.perProcessorSecond);
      const vsExtism = medianOf(({ ours, extism }) => (LINKS * ours.perProcessorSecond) / extism.perProcessorSecond);
      const vsExtismByHand = medianOf(
        ({ ours, extismByHand }) => (LINKS * ours.perProcessorSecond) / extismByHand.perProcessorSecond,
      );
      // Here two threads wait for each other, and what counts is the clock.
      const vsExtismWorker = medianOf(({ ours, extismWorker }) => (LINKS * ours.perSecond) / extismWorker.perSecond);
      const vsBare = medianOf(({ ours, bare }) => bare.perProcessorSecond / (LINKS * ours.perProcessorSecond));
      return {
        figures: {
          ...{ vsNodeRed, vsExtism, vsExtismByHand, vsExtismWorker, vsBare },
          chainMessagesPerSecond: medianOf(({ ours }) => ours.perProcessorSecond),
          nodeRedMessagesPerSecond: medianOf(({ nodeRed }) => nodeRed.perProcessorSecond),
          extismCallsPerSecond: medianOf(({ extism }) => extism.perProcessorSecond),
          extismByHandCallsPerSecond: medianOf(({ extismByHand }) => extismByHand.perProcessorSecond),
          extismWorkerCallsPerSecond: medianOf(({ extismWorker }) => extismWorker.perSecond),
          bareCallsPerSecond: medianOf(({ bare }) => bare.perProcessorSecond),
          bodyBytes: BODY_BYTES,
        },
        targets: [
          atLeast('vsNodeRed', vsNodeRed, 40),
          atLeast('vsExtism', vsExtism, 40),
          atLeast('vsExtismWorker', vsExtismWorker, 250),
          atMost('vsBare', vsBare, 4),
        ],
      };
    } finally {
      await extismWorker.close();
      await extismByHand.close();
      await extism.close();
      await nodeRed.close();
    }
  },
};
