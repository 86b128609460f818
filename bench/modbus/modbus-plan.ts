import { decodeGateway } from '../../host/src/configuration/index.ts';
import { devicesOf } from '../../host/src/drivers/index.ts';
import { POLL_RANGES_MAX } from '../../host/src/drivers/modbus/config-shape.ts';
import { until } from '../../test/lib/until.ts';
import { behaveWell, startEvilServer } from '../../test/peers/evil-modbus-server.ts';
import { DriverRig } from '../../test/unit/host/drivers/driver-rig.ts';
import { type Bench, median, rounded } from '../lib/bench.ts';
import { installPeers } from '../peers/install-peers.ts';
import { PeerProcess } from '../peers/peer-process.ts';
import { Coverage, type Round } from './coverage.ts';
import { scatteredAddresses } from './scattered-addresses.ts';

const REGISTERS = 500;
const OURS = { intervalMs: 1_000, rounds: 3 };
/** A round of Node-RED takes seconds; the interval must be longer, or it is asked for the next one before. */
const NODE_RED = { intervalMs: 10_000, rounds: 1 };
/** Widest gap that the configuration allows, for devices that have no holes. */
const WIDE_GAP = 124;

/** Requests for all registers once, counted where they arrive. */
export const modbusPlan: Bench = {
  name: 'modbus-plan',
  question: 'How many requests does it take to read 500 scattered registers of one device?',
  async run() {
    await installPeers();
    const [dense, sparse] = [scatteredAddresses(REGISTERS, 2_000), scatteredAddresses(REGISTERS, 5_000)];
    const ours = await measureOurs(dense);
    const oursWide = await measureOurs(dense, { maxGap: WIDE_GAP });
    const oursSparse = await measureOurs(sparse);
    const oursSparseWide = await measureOurs(sparse, { maxGap: WIDE_GAP });
    const nodeRed = await measureNodeRed(dense);
    return {
      figures: {
        of2000Requests: ours.requests,
        of2000WideGapRequests: oursWide.requests,
        of5000Requests: oursSparse.requests,
        of5000WideGapRequests: oursSparseWide.requests,
        nodeRedRequests: nodeRed.requests,
        vsOneARegister: rounded(ours.requests / REGISTERS),
        vsNodeRed: rounded(ours.requests / nodeRed.requests),
        roundMs: ours.ms,
        nodeRedRoundMs: nodeRed.ms,
      },
      targets: [],
    };
  },
};

/** Registers as a configuration declares them: polls of as many ranges as one may have, in ascending order. */
async function measureOurs(addresses: readonly number[], changes: { maxGap?: number } = {}): Promise<Round> {
  const polls = Array.from({ length: Math.ceil(REGISTERS / POLL_RANGES_MAX) }, (_, index) => {
    const own = addresses.slice(index * POLL_RANGES_MAX, (index + 1) * POLL_RANGES_MAX);
    return [`p${index}`, { registers: own.map((at) => `holding:${at}`), intervalMs: OURS.intervalMs }] as const;
  });
  return countRounds(addresses, OURS.rounds, async (port) => {
    const plant = { type: 'modbus-tcp', host: '127.0.0.1', port, polls: Object.fromEntries(polls), ...changes };
    const { value, problems } = decodeGateway(
      JSON.stringify({ deviceId: 'bench', devices: { plant } }),
      'gateway.json',
    );
    if (value === undefined) throw new Error(problems.map(({ message }) => message).join());
    const rig = await DriverRig.open(devicesOf('modbus', value.devices));
    await until('a connection', () => rig.status('plant')['state'] === 'connected');
    for (const [name] of polls) rig.subscribe('plant', name, () => undefined);
    return () => rig.close();
  });
}

/** A read node for each register: what the editor of node-red-contrib-modbus offers for registers that are not neighbours. */
function measureNodeRed(addresses: readonly number[]): Promise<Round> {
  return countRounds(addresses, NODE_RED.rounds, async (port) => {
    const { intervalMs } = NODE_RED;
    const peer = await PeerProcess.open('node-red-modbus-main.mjs', { port, addresses, intervalMs });
    return () => peer.close();
  });
}

async function countRounds(
  addresses: readonly number[],
  rounds: number,
  start: (port: number) => Promise<() => Promise<void>>,
): Promise<Round> {
  const coverage = new Coverage(addresses);
  const server = await startEvilServer((socket, request, index) => {
    coverage.arrived(request);
    behaveWell(socket, request, index);
  });
  try {
    const stop = await start(server.port);
    try {
      await until('enough rounds', () => coverage.rounds.length >= rounds, 60_000);
    } finally {
      await stop();
    }
  } finally {
    await server.close();
  }
  const found = coverage.rounds.slice(0, rounds);
  return {
    requests: median(found.map(({ requests }) => requests)),
    ms: rounded(median(found.map(({ ms }) => ms))),
  };
}
