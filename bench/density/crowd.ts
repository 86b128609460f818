import { readmeExample } from '../../modules-as/test-lib/readme-example.ts';
import { type TestDeployment, type TestModule, writeDeployment } from '../../test/lib/deployment.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../test/lib/wat.ts';

/** The module that sends everybody a message each second. */
export const TICKER = 'ticker';
const PERIOD_MS = 1_000;
const OUTPUTS = ['readings', 'anomalies'] as const;
const JSON_FLAG = 1;

const READING = JSON.stringify({ device: 'pump', dischargePressure: 71.03, intakePressure: 13.5, motorCurrent: 7.12 });
const ANOMALY = JSON.stringify({
  ...{ id: 'intakeHigh-1700000000000', rule: 'intakeHigh', device: 'pump', severity: 'critical', state: 'raised' },
  action: { state: 'requested' },
});

interface Member {
  readonly image: string;
  readonly output: (typeof OUTPUTS)[number];
  readonly input: string;
  readonly module: TestModule;
}

/** A deployment of `count` modules, a quarter each of four that are shipped, with the settings of their READMEs; and a ticker. */
export function writeCrowd(count: number): TestDeployment {
  const kinds = members();
  const modules: Record<string, TestModule> = { [TICKER]: { wasm: compileWat(tickerWat()) } };
  const routes: Record<string, string> = {};
  for (let index = 0; index < count; index++) {
    const { image, output, input, module } = kinds[index % kinds.length] as Member;
    const id = `${image}-${index}`;
    modules[id] = module;
    routes[`to-${id}`] =
      `FROM /messages/modules/${TICKER}/outputs/${output} INTO BrokeredEndpoint("/modules/${id}/inputs/${input}")`;
  }
  const pump = { type: 'modbus-tcp', host: '127.0.0.1', port: 1, unitId: 1 };
  return writeDeployment({ modules, routes, gateway: { deviceId: 'gateway', devices: { pump } } });
}

function members(): readonly Member[] {
  const kv = { kv: { bytes: 65_536 } };
  const modbus = { modbus: [{ device: 'pump', read: ['coil:1'], write: ['coil:1'] }] };
  const stats = { ...pumpSettings('window-stats'), time: 'arrival' };
  return [
    { image: 'forward', output: 'readings', input: 'input', module: ready('forward', {}) },
    { image: 'window-stats', output: 'readings', input: 'readings', module: ready('window-stats', stats) },
    {
      ...{ image: 'anomaly-guard', output: 'readings', input: 'readings' },
      module: ready('anomaly-guard', pumpSettings('anomaly-guard'), { ...kv, ...modbus }),
    },
    { image: 'alarm', output: 'anomalies', input: 'anomalies', module: ready('alarm', { groupBy: 'device' }, kv) },
  ];
}

function ready(name: string, desired: Record<string, unknown>, grants?: Record<string, unknown>): TestModule {
  const wasm = new URL(`../../modules-as/build/${name}.wasm`, import.meta.url).pathname;
  return { settings: { image: wasm, ...(grants && { grants }) }, desired };
}

function pumpSettings(name: string): Record<string, unknown> {
  return readmeExample(name, 'pump')[0] as Record<string, unknown>;
}

/** Opens both outputs and sets a timer that repeats; each time, one message goes out on each. */
function tickerWat(): string {
  const [readings, anomalies] = OUTPUTS;
  const text = (value: string) => value.replaceAll('"', '\\"');
  return guestWat({
    imports: `${MESSAGE_IMPORTS} (import "timer" "set" (func $set (param i32 i32 i32) (result i32)))`,
    data: `(data (i32.const 0) "${readings}") (data (i32.const 16) "${anomalies}")
      (data (i32.const 256) "${text(READING)}") (data (i32.const 1024) "${text(ANOMALY)}")`,
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then
        (drop (call $output (i32.const 0) (i32.const ${readings.length})))
        (drop (call $output (i32.const 16) (i32.const ${anomalies.length})))
        (return (call $set (i32.const 0) (i32.const ${PERIOD_MS}) (i32.const ${PERIOD_MS})))))
      (if (i32.ne (local.get $kind) (i32.const 3)) (then (return (i32.const 0))))
      (drop (call $emit (i32.const 0) (i32.const ${JSON_FLAG}) (i32.const 0) (i32.const 0)
        (i32.const 256) (i32.const ${READING.length})))
      (drop (call $emit (i32.const 1) (i32.const ${JSON_FLAG}) (i32.const 0) (i32.const 0)
        (i32.const 1024) (i32.const ${ANOMALY.length})))
      (i32.const 0)`,
  });
}
