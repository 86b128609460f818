import { type HealthFacts, healthShape, judgeHealth } from '../../../../host/src/health/index.ts';
import { decodeFile, type JsonObject, type JsonValue } from '../../../../host/src/json/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { accepts } from '../../docs/json-schema.ts';
import { TROUBLED, WELL } from './health-facts.ts';

const test = suite('the health of a gateway');

test('passes while all is well; a module that is not to run is no fault', () => {
  const health = judgeHealth(WELL);
  assert.deepEqual([health.status, health.live, health.ready, health.reasons], ['pass', true, true, []]);
  assert.equal(health.host.uptimeSeconds, 273_600);
  assert.equal('journal' in health, false, 'nothing is said of what there is not');
});

test('warns of what is not well and leaves the rest at work, with sentences that name it', () => {
  const health = judgeHealth(TROUBLED);
  assert.deepEqual([health.status, health.live, health.ready], ['warn', true, true]);
  assert.deepEqual(health.reasons, [
    '2 of 3 modules do not run: guard, alarm',
    'the uplink is not connected (UPLINK_UNREACHABLE)',
    '1 of 2 devices is not well: meter',
    'the disk of the state folder has 20 MB left',
  ]);
});

test('a thread that is silent for longer than it may makes it not live', () => {
  const silent = (silentMs: number): HealthFacts => ({ ...WELL, cells: [{ ...WELL.cells[0]!, silentMs }] });
  assert.equal(judgeHealth(silent(60_000)).live, true);
  const { status, live, ready, reasons } = judgeHealth(silent(75_900));
  assert.deepEqual([status, live, ready], ['fail', false, false]);
  assert.deepEqual(reasons, ['the thread of the modules has not answered for 75 s']);
});

for (const phase of ['starting', 'stopping'] as const)
  test(`while it is ${phase} it is live and not ready`, () => {
    const { status, live, ready, reasons } = judgeHealth({ ...WELL, phase });
    assert.deepEqual([status, live, ready, reasons], ['fail', true, false, [`the host is ${phase}`]]);
  });

test('modules that start and stop with the host are no fault, others are', () => {
  const reasons = (phase: HealthFacts['phase'], state: string): readonly string[] =>
    judgeHealth({ ...WELL, phase, modules: [{ ...WELL.modules[0]!, state }] }).reasons.slice(-1);
  const fault = ['the only module does not run: translate'];
  assert.deepEqual(reasons('starting', 'starting'), ['the host is starting']);
  assert.deepEqual(reasons('stopping', 'stopped'), ['the host is stopping']);
  assert.deepEqual(reasons('starting', 'failed'), fault);
  assert.deepEqual(reasons('running', 'starting'), fault);
  assert.deepEqual(reasons('running', 'stopped'), fault);
});

test('an error of a device counts for a minute, and for as long as its driver waits', () => {
  const device = (state: string, agoMs: number) => {
    const lastError = { code: 'DEVICE_TIMEOUT', time: WELL.time - agoMs };
    return judgeHealth({ ...WELL, devices: { meter: { state, lastError } } }).devices[0];
  };
  assert.equal(device('connected', 59_999)?.status, 'warn');
  assert.deepEqual(device('connected', 60_000), {
    ...{ name: 'meter', status: 'pass', state: 'connected', code: 'DEVICE_TIMEOUT' },
  });
  assert.equal(device('waiting', 3_600_000)?.status, 'warn');
});

test('an uplink that no route leads to is not missed', () => {
  const uplink = { connected: false, connections: [] };
  assert.equal(judgeHealth({ ...WELL, uplink }).status, 'pass');
});

test('names the first of many, and lists no more than a report may have', () => {
  const modules = Array.from({ length: 40 }, (_, index) => ({
    ...WELL.modules[0]!,
    name: `m${index}`,
    state: 'failed',
  }));
  const devices = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`d${index}`, {}]));
  const health = judgeHealth({ ...WELL, modules, devices });
  assert.equal(health.reasons[0], '40 of 40 modules do not run: m0, m1, m2, m3, m4, m5 and 34 more');
  assert.equal(health.devices.length, 2_048);
});

for (const [name, facts] of Object.entries({ WELL, TROUBLED }))
  test(`what it says follows the schema, and is read by the same description: ${name}`, () => {
    const health = judgeHealth({ ...facts, journal: { messages: 1, bytes: 2 } });
    const text = JSON.stringify(health);
    assert.ok(accepts(healthShape.schema as JsonObject, JSON.parse(text) as JsonValue));
    const { value, log } = decodeFile(text, 'answer', healthShape, 'HOST_UNREACHABLE');
    assert.deepEqual(log.problems, []);
    assert.deepEqual(value, JSON.parse(text));
  });

test('a member of a later version is no error', () => {
  const text = JSON.stringify({ ...judgeHealth(WELL), weather: 'fine' });
  assert.ok(decodeFile(text, 'answer', healthShape, 'HOST_UNREACHABLE').value !== undefined);
});

test.run();
