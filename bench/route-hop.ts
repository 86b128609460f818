import { createBareCall } from './lib/bare-call.ts';
import { atLeast, atMost, type Bench, measureRates, median, type Rates, rounded } from './lib/bench.ts';
import { BODY_BYTES, createForwardChain } from './lib/forward-chain.ts';

const WARM_UP_MS = 2_000;
const MEASURE_MS = 1_000;
const ROUNDS = 5;

/** Messages of 200 bytes through `source -> first -> second`, both the SDK's `forward`, metered, on this thread alone. */
export const routeHop: Bench = {
  name: 'route-hop',
  question: 'How many messages of 200 bytes go from module to module through one route in a second, on one core?',
  async run() {
    const hop = createForwardChain(2);
    const call = createBareCall();
    hop(WARM_UP_MS);
    call(WARM_UP_MS);
    const rounds: { hops: Rates; calls: Rates }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const hops = await measureRates(() => hop(MEASURE_MS).hops);
      rounds.push({ hops, calls: await measureRates(() => call(MEASURE_MS)) });
    }
    const perSecond = median(rounds.map(({ hops }) => hops.perProcessorSecond));
    const ratioToBareCall = median(rounds.map(({ hops, calls }) => calls.perProcessorSecond / hops.perProcessorSecond));
    return {
      figures: {
        perSecond: Math.round(perSecond),
        bareCallsPerSecond: Math.round(median(rounds.map(({ calls }) => calls.perProcessorSecond))),
        ratioToBareCall: rounded(ratioToBareCall),
        bodyBytes: BODY_BYTES,
      },
      targets: [
        atLeast('perSecond', Math.round(perSecond), 2_500_000),
        atMost('ratioToBareCall', rounded(ratioToBareCall), 4),
      ],
    };
  },
};
