import { createBareCall } from '../lib/bare-call.ts';
import { atLeast, atMost, type Bench, median, rounded } from '../lib/bench.ts';
import { BODY_BYTES, createForwardChain } from '../lib/forward-chain.ts';
import { ExtismCall } from './extism-call.ts';
import { installPeers } from './install-peers.ts';
import { NodeRedChain } from './node-red-chain.ts';

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
    const nodeRed = await NodeRedChain.open(BODY_BYTES);
    const extism = await ExtismCall.open(BODY_BYTES, false);
    const extismWorker = await ExtismCall.open(BODY_BYTES, true);
    const [chain, bare] = [createForwardChain(LINKS), createBareCall()];
    const measure = async (ms: number) => ({
      ours: chain(ms),
      nodeRed: await nodeRed.run(ms),
      extism: await extism.run(ms),
      extismWorker: await extismWorker.run(ms),
      bare: bare(ms),
    });
    try {
      await measure(WARM_UP_MS);
      const rounds: Awaited<ReturnType<typeof measure>>[] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(MEASURE_MS));
      const medianOf = (pick: (round: (typeof rounds)[number]) => number): number => rounded(median(rounds.map(pick)));
      const vsNodeRed = medianOf(({ ours, nodeRed }) => ours.messagesPerSecond / nodeRed);
      const vsExtism = medianOf(({ ours, extism }) => ours.hopsPerSecond / extism);
      const vsExtismWorker = medianOf(({ ours, extismWorker }) => ours.hopsPerSecond / extismWorker);
      const vsBare = medianOf(({ ours, bare }) => bare / ours.hopsPerSecond);
      return {
        figures: {
          ...{ vsNodeRed, vsExtism, vsExtismWorker, vsBare },
          chainMessagesPerSecond: medianOf(({ ours }) => ours.messagesPerSecond),
          nodeRedMessagesPerSecond: medianOf(({ nodeRed }) => nodeRed),
          hopsPerSecond: medianOf(({ ours }) => ours.hopsPerSecond),
          extismCallsPerSecond: medianOf(({ extism }) => extism),
          extismWorkerCallsPerSecond: medianOf(({ extismWorker }) => extismWorker),
          bareCallsPerSecond: medianOf(({ bare }) => bare),
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
      await extism.close();
      await nodeRed.close();
    }
  },
};
