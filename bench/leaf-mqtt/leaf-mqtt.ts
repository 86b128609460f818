import { TestGateway } from '../../test/lib/test-gateway.ts';
import { until } from '../../test/lib/until.ts';
import { compileWat, guestWat } from '../../test/lib/wat.ts';
import { type Bench, median, rounded } from '../lib/bench.ts';
import { Leaves, type LeavesOptions } from './leaves.ts';
import { QuietMosquitto } from './quiet-mosquitto.ts';

const LEAVES = 200;
const ROUNDS = 3;
const LOAD = { leaves: LEAVES, window: 8, payloadBytes: 200, seconds: 4, prefix: 'leaf' } as const;

/** Takes messages and does nothing with them. */
const SINK = guestWat({
  imports: '(import "message" "input" (func $input (param i32 i32) (result i32)))',
  data: '(data (i32.const 0) "in")',
  handle: `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (return (i32.shr_s (call $input (i32.const 0) (i32.const 2)) (i32.const 31)))))
    (i32.const 0)`,
});

interface Round {
  /** Acknowledgements a second. */
  readonly acknowledged: number;
  /** Messages a second that arrived where they were to: in the module, or at the subscriber. */
  readonly arrived: number;
  /** Processor time of one message, in microseconds: of the host with its module, or of mosquitto with its subscriber. */
  readonly cpuUs: number;
}

/** How far it is at a moment. */
interface Look {
  readonly count: number;
  readonly cpuUs: number;
}

/** Through the listener into a module, and through mosquitto to a subscriber, in turns. */
export const leafMqtt: Bench = {
  name: 'leaf-mqtt',
  question: 'How many messages a second do 200 leaf devices get into a module, with QoS 1?',
  async run() {
    const ours: Round[] = [];
    const theirs: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await measureListener());
      theirs.push(await measureMosquitto());
    }
    const arrived = median(ours.map((round) => round.arrived));
    const peer = median(theirs.map((round) => round.arrived));
    return {
      figures: {
        intoModulePerSecond: rounded(arrived),
        acknowledgedPerSecond: rounded(median(ours.map((round) => round.acknowledged))),
        mosquittoPerSecond: rounded(peer),
        mosquittoAcknowledgedPerSecond: rounded(median(theirs.map((round) => round.acknowledged))),
        vsMosquitto: rounded(arrived / peer),
        cpuUsPerMessage: rounded(median(ours.map((round) => round.cpuUs))),
        mosquittoCpuUsPerMessage: rounded(median(theirs.map((round) => round.cpuUs))),
        leaves: LEAVES,
        payloadBytes: LOAD.payloadBytes,
      },
      targets: [],
    };
  },
};

/** Messages that a module has handled, and none lost: its input lets its senders wait. */
async function measureListener(): Promise<Round> {
  process.env['BENCH_LEAF_PASSWORD'] = 'of-a-leaf';
  const host = await TestGateway.open({
    modules: {
      sink: {
        wasm: compileWat(SINK),
        settings: { inputs: { in: { bytes: 1_048_576, policy: 'wait' } } },
      },
    },
    routes: {
      leaves:
        'FROM /messages/* WHERE NOT IS_DEFINED($connectionModuleId) INTO BrokeredEndpoint("/modules/sink/inputs/in")',
    },
    gateway: {
      deviceId: 'bench',
      secrets: { leaf: { env: 'BENCH_LEAF_PASSWORD' } },
      devices: {
        leaves: {
          type: 'mqtt-listener',
          port: 0,
          users: { leaf: { password: { secret: 'leaf' }, publish: ['leaf/#'] } },
          clients: LEAVES,
          clientsPerUser: LEAVES,
        },
      },
    },
  });
  try {
    await host.reaches('sink', 'running');
    const port = await until('the listener', async () => {
      const { devices } = await host.gateway.status();
      return (devices['leaves'] as { port?: number }).port;
    });
    const look = async (): Promise<Look> => {
      const { user, system } = process.cpuUsage();
      return { count: (await host.gateway.status()).modules[0]!.counters.events, cpuUs: user + system };
    };
    return await measure({ ...LOAD, port, username: 'leaf', password: 'of-a-leaf' }, look);
  } finally {
    await host.close();
  }
}

/** Messages that a `mosquitto_sub` has written. */
async function measureMosquitto(): Promise<Round> {
  const peer = await QuietMosquitto.open();
  try {
    return await measure({ ...LOAD, port: peer.port }, async () => ({ count: peer.received, cpuUs: peer.cpuUs }));
  } finally {
    await peer.close();
  }
}

async function measure(options: LeavesOptions, look: () => Promise<Look>): Promise<Round> {
  const leaves = await Leaves.open(options);
  try {
    let first: Look = { count: 0, cpuUs: 0 };
    let began = 0;
    let round = { arrived: 0, cpuUs: 0 };
    const acknowledged = await leaves.measure(
      async () => {
        first = await look();
        began = performance.now();
      },
      async () => {
        const { count, cpuUs } = await look();
        const messages = count - first.count;
        const seconds = (performance.now() - began) / 1_000;
        round = { arrived: messages / seconds, cpuUs: (cpuUs - first.cpuUs) / messages };
      },
    );
    return { acknowledged, ...round };
  } finally {
    await leaves.close();
  }
}
