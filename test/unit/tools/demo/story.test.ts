import { narrate } from '../../../../tools/src/demo/narration.ts';
import { Rate } from '../../../../tools/src/demo/rate.ts';
import { Series } from '../../../../tools/src/demo/series.ts';
import { Story } from '../../../../tools/src/demo/story.ts';
import { summarise, summaryText } from '../../../../tools/src/demo/summary.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('demo story');
const RUN = { fault: 'gas-lock', seconds: 30 };
const OPTIONS = { nowMs: 20_000, fault: 'gas-lock', faultAfterSeconds: 15, keepFaulty: false };

const line = (kind: string, fields: object = {}) => ({ kind, ...fields });
const arrival = (output: string | undefined, body: unknown) => ({
  device: 'pump-7',
  ...(output === undefined ? {} : { output }),
  properties: new Map<string, string>(),
  payload: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

test('the pump counts as stopped only when the simulator saw its stop coil written', () => {
  const story = new Story();
  assert.equal(summarise(story, RUN).pumpStopped, false);
  story.takePump(1, line('coil-written', { address: 1, value: 0, sinceLimitMs: 5, atMs: 1 }));
  story.takePump(1, line('coil-written', { address: 0, value: 0, sinceLimitMs: 5, atMs: 1 }));
  story.takePump(2, line('stopped', { cause: 'run-coil', afterMs: 800, atMs: 2 }));
  story.takeArrival(3, arrival('alarms', { state: 'raised', action: 'stopped' }));
  assert.equal(summarise(story, RUN).pumpStopped, false);
  story.takePump(4, line('coil-written', { address: 1, value: 1, sinceLimitMs: 71.5, atMs: 4 }));
  story.takePump(5, line('coil-written', { address: 1, value: 1, sinceLimitMs: 900, atMs: 5 }));
  const summary = summarise(story, RUN);
  assert.deepEqual([summary.pumpStopped, summary.reactionMs], [true, 71.5], 'the first write counts');
});

test('a stop before any limit has no reaction time', () => {
  const story = new Story();
  story.takePump(4, line('coil-written', { address: 1, value: 1, sinceLimitMs: null, atMs: 4 }));
  const summary = summarise(story, RUN);
  assert.deepEqual([summary.pumpStopped, summary.reactionMs], [true, null]);
  assert.match(summaryText(summary), /^The pump was stopped at the edge\.\n/);
});

test('counts what arrived by output', () => {
  const story = new Story();
  for (const output of ['telemetry', 'telemetry', 'statistics', 'alarms', 'anomalies', undefined])
    story.takeArrival(1, arrival(output, {}));
  const { telemetryPublished, aggregatesPublished, alarmsPublished } = summarise(story, RUN);
  assert.deepEqual([telemetryPublished, aggregatesPublished, alarmsPublished], [2, 1, 1]);
});

test('what is no JSON, no object or of other types than expected is counted and does no harm', () => {
  const story = new Story();
  for (const body of ['{', '[]', 'null', '7', '{"dischargePressure":"high","strokeRate":null}']) {
    for (const output of ['telemetry', 'alarms']) story.takeArrival(1, arrival(output, body));
  }
  story.takeHost(1, line('status', { modules: 'none', routes: [null, 7, {}], uplink: 3, rssBytes: '1' }));
  story.takeHost(1, line('state', {}));
  story.takeHost(1, line('log', { text: 7 }));
  story.takePump(1, line('limit-crossed', {}));
  assert.equal(story.arrived.telemetry, 5);
  assert.equal(story.readings.size, 0);
});

test('one alarm that is said twice is one line', () => {
  const story = new Story();
  for (let i = 0; i < 3; i++) story.takeArrival(i, arrival('alarms', { state: 'raised', rule: 'dischargeLow' }));
  assert.equal(story.events.filter(({ source }) => source === 'cloud').length, 1);
});

test('the sensor is told apart from the pump, its link by the status of the host', () => {
  const story = new Story();
  story.expectSensor('pump-house');
  const value = (body: unknown) => story.takeArrival(5, { ...arrival('telemetry', body), module: 'sensors' });
  const status = (state: string) => story.takeHost(5, line('status', { devices: { 'pump-house': { state } } }));
  assert.match(summaryText(summarise(story, RUN)), /^Bluetooth sensor pump-house: no values, 0 messages\.$/m);
  for (const body of [{ temperatureCel: 21.46 }, { humidityPct: 45.2 }, { temperatureCel: 'warm' }, '{']) value(body);
  value({ pressurePa: 101_325.4 });
  for (const state of ['connecting', 'linked', 'linked', 'waiting', 'linked']) status(state);
  story.takeHost(6, line('status', { devices: 7 }));
  const summary = summarise(story, RUN);
  assert.equal(summary.telemetryPublished, 0);
  assert.deepEqual(summary.sensor, {
    ...{ device: 'pump-house', link: 'linked', messages: 5 },
    ...{ temperatureCel: 21.46, humidityPct: 45.2, pressurePa: 101_325.4 },
  });
  assert.match(summaryText(summary), /^Bluetooth sensor pump-house: 21\.5 °C, 45 %, 1013 hPa, 5 messages\.$/m);
  assert.deepEqual(
    story.events.map(({ text }) => text),
    [
      'the first value of pump-house arrived over MQTT',
      'linked with pump-house by Bluetooth',
      'the link with pump-house is lost',
      'linked with pump-house by Bluetooth',
    ],
  );
});

test('a sensor that is missing is said once, with the reason', () => {
  const story = new Story();
  assert.doesNotMatch(summaryText(summarise(story, RUN)), /sensor/);
  story.missSensor(1, 'it needs socat');
  const summary = summarise(story, RUN);
  assert.deepEqual([summary.sensor, summary.sensorMissing], [null, 'it needs socat']);
  assert.match(summaryText(summary), /^No Bluetooth sensor: it needs socat\.$/m);
  assert.deepEqual(
    story.events.map(({ text }) => text),
    ['no Bluetooth sensor: it needs socat'],
  );
});

test('the list of events is bounded', () => {
  const story = new Story();
  for (let i = 0; i < 10_000; i++) story.note(i, 'plain', 'x', `${i}`);
  assert.ok(story.events.length <= 200);
  assert.equal(story.events.at(-1)?.text, '9999');
});

test('the words follow what happened', () => {
  const story = new Story();
  const headline = (more: object = {}) => narrate(story, { ...OPTIONS, ...more }).headline;
  assert.equal(headline(), 'Starting');
  story.takeArrival(1, arrival('telemetry', { strokeRate: 15, flow: 25.4 }));
  assert.match(
    narrate(story, { ...OPTIONS, nowMs: 3000 }).sentences[0]!,
    /15 strokes a minute, 25 litres a minute.*Gas lock in 12 s/,
  );
  assert.match(narrate(story, { ...OPTIONS, fault: 'none' }).sentences[0]!, /Nothing is going to go wrong/);
  story.takePump(2, line('fault', { fault: 'gas-lock', active: true, atMs: 2 }));
  assert.equal(headline(), 'Gas lock');
  story.takePump(
    3,
    line('limit-crossed', {
      name: 'dischargePressure',
      register: 'input:0',
      value: 63,
      limit: 64,
      unit: 'bar',
      atMs: 3,
    }),
  );
  assert.equal(headline(), 'Out of limits');
  assert.equal(headline({ keepFaulty: true }), 'The pump goes on');
  for (const denied of [1, 2]) story.takeHost(4, line('status', { modules: [{ id: 'guard', counters: { denied } }] }));
  assert.equal(story.events.filter(({ text }) => text.startsWith('denied what guard')).length, 1);
  assert.match(narrate(story, { ...OPTIONS, keepFaulty: true }).sentences[0]!, /was denied/);
  story.takePump(5, line('coil-written', { address: 1, value: 1, sinceLimitMs: 70.6, atMs: 5 }));
  assert.equal(headline(), 'Stopped at the edge in 71 ms');
  assert.doesNotMatch(narrate(story, OPTIONS).sentences[0]!, /read it back/);
  story.takeArrival(
    6,
    arrival('alarms', { state: 'updated', causes: [{ rule: 'dischargeLow', action: 'confirmed' }] }),
  );
  assert.match(narrate(story, OPTIONS).sentences[0]!, /wrote the stop coil through its grant and read it back/);
});

test('a rate is growth over the last seconds, 0 after a counter began anew', () => {
  const rate = new Rate();
  assert.equal(rate.perSecond, 0);
  for (let s = 0; s <= 10; s++) rate.update(s * 1000, s < 6 ? s * 10 : 50 + (s - 5) * 4);
  assert.equal(rate.perSecond, 4);
  rate.update(11_000, 0);
  assert.equal(rate.perSecond, 0);
});

test('a series gives whole buckets, and forgets what it has no room for', () => {
  const series = new Series(100, 5);
  for (let ms = 0; ms < 1000; ms += 50) series.add(ms, ms);
  assert.deepEqual(
    series.recent(1000, 3),
    [700, 800, 900].map((min) => ({ min, max: min + 50, mean: min + 25 })),
  );
  assert.deepEqual(series.recent(1000, 7).slice(0, 2), [undefined, undefined]);
  assert.deepEqual(series.recent(1300, 3), [undefined, undefined, undefined]);
  assert.equal(series.last, 950);
});

test.run();
