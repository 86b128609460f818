import modbusSerial from 'modbus-serial';
import { TestGateway } from '../test/lib/test-gateway.ts';
import { until } from '../test/lib/until.ts';
import { compileWat, guestWat } from '../test/lib/wat.ts';
import { startLibmodbus } from '../test/peers/modbus-servers.ts';
import { atMost, type Bench, percentile, rounded } from './lib/bench.ts';

const WARM_UP_LOOPS = 2_000;
const LOOPS_PER_ROUND = 2_000;
const ROUNDS = 5;
const SAMPLES = ROUNDS * LOOPS_PER_ROUND;

/** Reads ten registers, decides by the first, writes the coil, and begins again when the write is confirmed. */
const CONTROLLER = guestWat({
  imports: '(import "modbus" "request" (func $request (param i32 i32) (result i32)))',
  data: `(data (i32.const 0) "\\03\\04\\00\\00\\0a\\00\\00\\00\\00\\00\\00\\00pump")
    (data (i32.const 32) "\\05\\04\\01\\00\\01\\00\\00\\00\\e8\\03\\00\\00\\01pump")`,
  functions: '(func $read (result i32) (i32.le_s (call $request (i32.const 0) (i32.const 16)) (i32.const 0)))',
  handle: `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (call $read))))
    (if (i32.ne (local.get $kind) (i32.const 6)) (then (return (i32.const 0))))
    (if (i32.eqz (i32.load offset=36 (local.get $frame))) (then (return (call $read))))
    (i32.store8 (i32.const 44) (i32.gt_u (i32.load16_u offset=48 (local.get $frame)) (i32.const 500)))
    (i32.le_s (call $request (i32.const 32) (i32.const 17)) (i32.const 0))`,
});

/** Against a libmodbus server: the loop of a module, and the same read and write by modbus-serial, in turns. */
export const controlLoop: Bench = {
  name: 'control-loop',
  question: 'How long does it take to read ten registers, decide in a module, and write a coil?',
  async run() {
    const server = await startLibmodbus();
    try {
      const bare = await measureBare(server.port);
      const ours = await measureModule(server.port);
      const again = await measureBare(server.port);
      const bareLoops = [...bare, ...again];
      const [p50, p99] = [percentile(ours, 0.5), percentile(ours, 0.99)];
      const [bareP50, bareP99] = [percentile(bareLoops, 0.5), percentile(bareLoops, 0.99)];
      return {
        figures: {
          p50Ms: rounded(p50),
          p99Ms: rounded(p99),
          bareP50Ms: rounded(bareP50),
          bareP99Ms: rounded(bareP99),
          p50Ratio: rounded(p50 / bareP50),
          samples: ours.length,
        },
        targets: [atMost('p50Ratio', rounded(p50 / bareP50), 2)],
      };
    } finally {
      await server.stop();
    }
  },
};

/** Milliseconds of each loop of the module: from one confirmed write to the next. */
async function measureModule(port: number): Promise<number[]> {
  const times: number[] = [];
  const host = await TestGateway.open({
    modules: {
      controller: {
        wasm: compileWat(CONTROLLER),
        settings: { grants: { modbus: [{ device: 'pump', read: ['holding:0-9'], write: ['coil:1'], poll: [] }] } },
      },
    },
    routes: {},
    gateway: { deviceId: 'bench', devices: { pump: { type: 'modbus-tcp', host: '127.0.0.1', port } } },
    onLog: (entry) => {
      if (entry.details?.['audit'] !== undefined) times.push(performance.now());
    },
  });
  try {
    await until('enough loops', () => times.length > WARM_UP_LOOPS + SAMPLES, 120_000);
  } finally {
    await host.close();
  }
  return times
    .slice(WARM_UP_LOOPS + 1, WARM_UP_LOOPS + SAMPLES + 1)
    .map((time, index) => time - (times[WARM_UP_LOOPS + index] as number));
}

/** Milliseconds of each loop of bare modbus-serial, deciding in JavaScript. */
async function measureBare(port: number): Promise<number[]> {
  const client = new modbusSerial.default();
  client.setTimeout(1_000);
  await client.connectTCP('127.0.0.1', { port });
  client.setID(1);
  const times: number[] = [];
  try {
    for (let loop = 0; loop < WARM_UP_LOOPS + SAMPLES; loop++) {
      const began = performance.now();
      const { data } = await client.readHoldingRegisters(0, 10);
      await client.writeCoil(1, (data[0] as number) > 500);
      if (loop >= WARM_UP_LOOPS) times.push(performance.now() - began);
    }
  } finally {
    await new Promise<void>((resolve) => client.close(() => resolve()));
  }
  return times;
}
