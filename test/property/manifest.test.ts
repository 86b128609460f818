import fc from 'fast-check';
import { MODULE_LIMITS, type ModuleLimitName } from '../../host/src/limits.ts';
import { decodeDeployment } from '../../host/src/manifest/decode-deployment.ts';
import type { ModuleSpec } from '../../host/src/manifest/deployment.ts';
import { assert, suite } from '../lib/suite.ts';

const test = suite('deployments', { timeoutMs: 60_000 });

const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const port = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/).filter((text) => text !== '__proto__');
const records = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>, maxKeys = 4) =>
  fc.dictionary(key, value, { maxKeys, noNullPrototype: true });

const address = fc.nat(65_535);
const range = (...tables: string[]) =>
  fc.tuple(fc.constantFrom(...tables), address, address).map(([table, a, b]) => {
    return a === b ? `${table}:${a}` : `${table}:${Math.min(a, b)}-${Math.max(a, b)}`;
  });
/** Whether a poll may have as many registers. */
const isSmall = (ranges: readonly string[]): boolean => ranges.every((text) => !text.includes('-'));
const deviceName = name.filter((text) => text !== '__proto__');
const failSafe = fc.record({
  address: fc.tuple(fc.constantFrom('coil', 'holding'), address).map(([table, at]) => `${table}:${at}`),
  value: fc.nat(1),
  afterSeconds: fc.integer({ min: 1, max: 86_400 }),
});
const modbus = fc.record(
  {
    device: name,
    read: fc.array(range('coil', 'discrete', 'holding', 'input'), { maxLength: 3 }),
    write: fc.array(range('coil', 'holding'), { maxLength: 3 }),
    poll: fc.array(name, { maxLength: 3 }),
    failSafe,
  },
  { requiredKeys: ['device', 'read', 'write', 'poll'] },
);
const limits = fc.record(
  Object.fromEntries(
    (Object.keys(MODULE_LIMITS) as ModuleLimitName[]).map((key) => [
      key,
      fc.integer({ min: 65_536, max: 262_144 }).map((value) => Math.min(value, MODULE_LIMITS[key].max)),
    ]),
  ),
);
const desired = records(
  fc.stringMatching(/^[A-Za-z0-9_-]{1,10}$/).filter((text) => text !== '__proto__'),
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 })),
);

/** A module with every setting there, as the decoder gives it. */
const module = fc.record({
  version: fc.string({ maxLength: 20 }),
  status: fc.constantFrom('running', 'stopped'),
  restartPolicy: fc.constantFrom('never', 'on-failure', 'on-unhealthy', 'always'),
  startupOrder: fc.integer({ min: 0, max: 4_294_967_295 }),
  environment: records(
    port.filter((text) => !text.includes('.')),
    fc.string({ maxLength: 20 }),
  ),
  image: fc.stringMatching(/^\/[a-z0-9]{1,10}\.wasm$/),
  grants: fc.record(
    {
      modbus: fc.array(modbus, { minLength: 1, maxLength: 2 }),
      kv: fc.record({ bytes: fc.integer({ min: 1, max: 65_536 }) }),
    },
    { requiredKeys: [] },
  ),
  limits,
  inputs: records(
    port,
    fc.record({
      bytes: fc.integer({ min: 1, max: 1_000_000 }),
      policy: fc.constantFrom('wait', 'drop-oldest', 'reject'),
    }),
  ),
  restartSchedule: fc.constantFrom('gatehouse', 'iot-edge'),
  allowDowngrade: fc.boolean(),
  isolation: fc.constantFrom('shared', 'own-cell'),
  desired,
});

const route = fc.record({
  text: fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== ''),
  priority: fc.nat(9),
  timeToLiveSecs: fc.integer({ min: 0, max: 4_294_967_295 }),
});

const uniqueIds = fc.uniqueArray(
  name.filter((id) => id !== '__proto__'),
  { maxLength: 4, selector: (id) => id.toLowerCase() },
);

const poll = fc.record({
  registers: fc.array(range('coil', 'discrete', 'holding', 'input'), { minLength: 1, maxLength: 2 }).filter(isSmall),
  intervalMs: fc.integer({ min: 10, max: 86_400_000 }),
  priority: fc.constantFrom('high', 'normal', 'low'),
});
const unit = { maxGap: fc.nat(124), polls: records(deviceName, poll, 2) };
const timeoutMs = fc.integer({ min: 10, max: 60_000 });
const tcp = fc.record({
  type: fc.constant('modbus-tcp'),
  host: fc.domain(),
  port: fc.integer({ min: 1, max: 65_535 }),
  unitId: fc.nat(255),
  timeoutMs,
  inFlight: fc.integer({ min: 1, max: 16 }),
  ...unit,
});
const rtu = fc.record({ type: fc.constant('modbus-rtu'), line: deviceName, unitId: fc.nat(247), timeoutMs, ...unit });
const serial = fc.record({
  type: fc.constant('serial'),
  path: fc.stringMatching(/^\/dev\/tty[A-Z0-9]{1,8}$/),
  baudRate: fc.integer({ min: 50, max: 4_000_000 }),
  dataBits: fc.constantFrom(7, 8),
  parity: fc.constantFrom('none', 'even', 'odd'),
  stopBits: fc.constantFrom(1, 2),
  framing: fc.record({ type: fc.constant('silence'), gapMs: fc.integer({ min: 1, max: 60_000 }) }),
  frameBytes: fc.integer({ min: 1, max: 4_096 }),
  timeoutMs,
});
const line = fc.record({
  path: fc.stringMatching(/^\/dev\/tty[A-Z0-9]{1,8}$/),
  baudRate: fc.integer({ min: 300, max: 4_000_000 }),
  parity: fc.constantFrom('none', 'even', 'odd'),
  stopBits: fc.constantFrom(1, 2),
  timeoutMs,
  turnaroundMs: fc.nat(10_000),
});

const deployment = fc.record({
  devices: records(deviceName, fc.oneof(tcp, rtu, serial)),
  lines: records(deviceName, line),
  modules: uniqueIds.chain((ids) =>
    fc.tuple(...ids.map((id) => module.map((spec) => ({ id, ...spec }) as unknown as ModuleSpec))),
  ),
  routes: records(
    name.filter((id) => id !== '__proto__'),
    route,
  ),
  timeToLiveSecs: fc.integer({ min: -1, max: 100_000 }),
  storeMaxBytes: fc.integer({ min: 1, max: 1_000_000_000 }),
});

type Model = typeof deployment extends fc.Arbitrary<infer T> ? T : never;

/** Plain objects, so that they compare. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The manifest that says the same in the words of the file. */
function write({ modules, devices, lines, routes, timeToLiveSecs, storeMaxBytes }: Model): string {
  const entries = modules.map(
    ({
      id,
      environment,
      desired: _,
      image,
      grants,
      limits,
      inputs,
      restartSchedule,
      allowDowngrade,
      isolation,
      ...rest
    }) => [
      id,
      {
        type: 'wasm',
        ...rest,
        env: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, { value }])),
        settings: { image, grants, limits, inputs, restartSchedule, allowDowngrade, isolation },
      },
    ],
  );
  const routeEntries = Object.entries(routes).map(([key, { text, ...rest }]) => [key, { route: text, ...rest }]);
  const agent = { schemaVersion: '1.1', modules: Object.fromEntries(entries), devices, lines };
  const store = { timeToLiveSecs, storeLimits: { maxSizeBytes: storeMaxBytes } };
  const hub = { schemaVersion: '1.1', routes: Object.fromEntries(routeEntries), storeAndForwardConfiguration: store };
  const twins = Object.fromEntries(modules.map(({ id, desired: twin }) => [id, { 'properties.desired': twin }]));
  const modulesContent = {
    $edgeAgent: { 'properties.desired': agent },
    $edgeHub: { 'properties.desired': hub },
    ...twins,
  };
  return JSON.stringify({ modulesContent }, undefined, 1);
}

test('a valid deployment decodes to itself', () => {
  fc.assert(
    fc.property(deployment, (generated) => {
      const model = plain(generated);
      const { value, problems } = decodeDeployment(write(model), '/d/deployment.json');
      assert.deepEqual(problems, []);
      const { modules, devices, lines, routes, declared, timeToLiveSecs, storeMaxBytes } = plain(value!);
      const byId = <T extends { id: string }>(all: readonly T[]) => Object.fromEntries(all.map((one) => [one.id, one]));
      assert.deepEqual(byId(modules), byId(model.modules));
      assert.deepEqual({ devices, lines }, { devices: model.devices, lines: model.lines });
      assert.deepEqual([...declared].sort(), model.modules.map(({ id }) => id).sort());
      const written = Object.fromEntries(
        routes.map((one) => [one.name, { text: one.text, priority: one.priority, timeToLiveSecs: one.timeToLiveSecs }]),
      );
      assert.deepEqual(written, model.routes);
      assert.deepEqual(
        { timeToLiveSecs, storeMaxBytes },
        { timeToLiveSecs: model.timeToLiveSecs, storeMaxBytes: model.storeMaxBytes },
      );
    }),
    { numRuns: 300, interruptAfterTimeLimit: 5_000 },
  );
});

test.run();
