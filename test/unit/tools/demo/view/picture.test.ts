import { narrate } from '../../../../../tools/src/demo/narration.ts';
import { Story } from '../../../../../tools/src/demo/story.ts';
import { glyphsFor } from '../../../../../tools/src/demo/view/glyphs.ts';
import { type Line, lineWidth, paint } from '../../../../../tools/src/demo/view/paint.ts';
import { drawPicture } from '../../../../../tools/src/demo/view/picture.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('picture');

const SIZES = [
  [80, 24],
  [81, 25],
  [100, 30],
  [132, 43],
  [220, 60],
  [60, 20],
  [40, 12],
  [20, 5],
  [1, 1],
] as const;

function draw(story: Story, nowMs: number, width = 80, height = 24): Line[] {
  const narration = narrate(story, { nowMs, fault: 'gas-lock', faultAfterSeconds: 15, keepFaulty: false });
  return drawPicture(story, narration, {
    width,
    height,
    nowMs,
    deviceId: 'pump-7',
    brokerPort: 1883,
    glyphs: glyphsFor({}),
  });
}

const textOf = (lines: readonly Line[]): string => lines.map((line) => paint(line, false)).join('\n');

/** What the processes of a run would say, up to the stop, ten readings a second. */
function runStory(ids: readonly string[] = ['translate', 'stats', 'guard', 'alarm'], seconds = 20): Story {
  const story = new Story();
  const pump = (ms: number, line: object) => story.takePump(ms, line as { kind: string });
  const host = (ms: number, line: object) => story.takeHost(ms, line as { kind: string });
  const arrive = (ms: number, output: string, body: object) =>
    story.takeArrival(ms, {
      device: 'pump-7',
      module: 'm',
      output,
      properties: new Map(),
      payload: Buffer.from(JSON.stringify(body)),
    });
  story.expectModules(new Map(ids.map((id) => [id, 12_345])));
  pump(300, { kind: 'started', port: 5020 });
  for (const module of ids) host(500, { kind: 'state', module, state: 'running' });
  for (let ms = 1000; ms < seconds * 1000; ms += 100) {
    const dischargePressure = ms < 17_000 ? 70 : 58;
    arrive(ms, 'telemetry', {
      dischargePressure,
      barrelPressure: 40,
      intakePressure: 13,
      motorCurrent: 7,
      strokeRate: 15,
    });
    if (ms % 1000 === 0) {
      const modules = ids.map((id) => ({ id, state: 'running', restarts: 0, counters: { events: ms / 100 } }));
      const routes = ['telemetry', 'alarms'].map((name) => ({ name, matched: ms / 100, dropped: 0 }));
      host(ms, { kind: 'status', rssBytes: 82e6, modules, routes, uplink: { connected: true } });
    }
  }
  pump(15_000, { kind: 'fault', fault: 'gas-lock', active: true, atMs: 14_700 });
  const limit = { name: 'dischargePressure', register: 'input:0', value: 63.9, limit: 64, unit: 'bar' };
  pump(17_000, { kind: 'limit-crossed', ...limit, atMs: 16_700 });
  pump(17_090, { kind: 'coil-written', address: 1, value: 1, sinceLimitMs: 88.4, atMs: 16_788 });
  arrive(17_100, 'alarms', { state: 'raised', severity: 'critical', causes: [{ rule: 'dischargeLow' }] });
  pump(17_900, { kind: 'stopped', cause: 'stop-coil', afterMs: 800, atMs: 17_500 });
  return story;
}

for (const [width, height] of SIZES) {
  test(`fills ${width} x ${height} to the column, with nothing, with everything and with too much`, () => {
    const long = Array.from({ length: 40 }, (_, i) => `module-with-a-rather-long-name-漢字-${i}`);
    const stories = [new Story(), runStory(), runStory(long)];
    stories[2]!.expectSensor('a-sensor-with-a-long-name');
    stories[2]!.note(18_000, 'bad', 'a-source-that-is-too-long', `text \x1b[31m${'漢字 and more '.repeat(60)}`);
    for (const story of stories) {
      for (const nowMs of [0, 9_999, 20_000, 500_000]) {
        const lines = draw(story, nowMs, width, height);
        assert.equal(lines.length, height);
        for (const line of lines) assert.equal(lineWidth(line), width, paint(line, false));
        assert.ok(!textOf(lines).includes('\x1b'));
      }
    }
  });
}

test('shows pressures, modules with state and size, routes with rates, and the reaction in words', () => {
  const text = textOf(draw(runStory(), 20_000));
  for (const part of [
    /above plunger +58\.0 bar +[▁-█]+/,
    /below plunger +40\.0 bar/,
    /motor current +7\.00 A/,
    /● guard +running +10\.0 +12\.3 KB/,
    /telemetry +10\.0 +190/,
    /▲ gas-lock▲ stopped/,
    /Stopped at the edge in 88 ms/,
    /Discharge pressure left its limit of 64 bar/,
    /alarm raised \(critical\): dischargeLow/,
    /host 78 MB {2}● mqtt :1883 {2}● pump stopped/,
  ]) {
    assert.match(text, part);
  }
});

test('shows the sensor below the modules, with its link, and every route, at 80 x 24', () => {
  const story = runStory(['translate', 'stats', 'guard', 'alarm', 'sensors']);
  assert.doesNotMatch(textOf(draw(story, 20_000)), /sensor {2}/);
  story.expectSensor('pump-house');
  const routes = ['a', 'b', 'c', 'd', 'e', 'f', 'climate'].map((name) => ({ name, matched: 1, dropped: 0 }));
  story.routes.clear();
  const host = (state: string) =>
    story.takeHost(20_000, { kind: 'status', routes, devices: { 'pump-house': { state } } } as { kind: string });
  host('waiting');
  assert.match(textOf(draw(story, 20_000)), /● pump-house waiting +- +- +- {2}climate/);
  host('linked');
  for (const body of [{ temperatureCel: -21.46 }, { humidityPct: 100 }, { pressurePa: 101_325 }]) {
    const payload = Buffer.from(JSON.stringify(body));
    story.takeArrival(20_000, { device: 'd', module: 'sensors', output: 'telemetry', properties: new Map(), payload });
  }
  const text = textOf(draw(story, 20_000));
  assert.match(text, /^ sensor +link +°C +% +hPa {2}f /m);
  assert.match(text, /^ ● pump-house linked +-21\.5 100 {2}1013 {2}climate +0\.0 +1/m);
  assert.match(text, /● sensors +running/);
});

test('says what is awaited before anything arrived', () => {
  const text = textOf(draw(new Story(), 0));
  assert.match(text, /Starting/);
  assert.match(text, /the first telemetry is awaited/);
  assert.match(text, /above plunger +-/);
});

test('readings beyond a limit are red while the pump runs, and dim once it is stopped', () => {
  const story = runStory(undefined, 17);
  const looks = (lines: Line[]) => new Set(lines[2]!.filter(({ text }) => /[▁-█]/.test(text)).map(({ look }) => look));
  assert.deepEqual([...looks(draw(story, 16_900))], ['calm']);
  assert.ok(looks(draw(runStory(), 19_000)).has('dim'));
  const unstopped = new Story();
  for (let ms = 0; ms < 2000; ms += 100) {
    const payload = Buffer.from(JSON.stringify({ dischargePressure: 60 }));
    unstopped.takeArrival(ms, { device: 'd', output: 'telemetry', properties: new Map(), payload });
  }
  assert.deepEqual([...looks(draw(unstopped, 2000))], ['bad']);
});

test('a pump that is no longer heard of is silent, for how long, and leaves a gap in the charts', () => {
  const [header, , chart] = textOf(draw(runStory(undefined, 14), 21_000)).split('\n');
  assert.match(header ?? '', /pump silent 7 s/);
  assert.match(chart ?? '', /[▁-█] {36}$/);
});

test('newer events push older ones out, and the footer stays', () => {
  const story = runStory();
  for (let i = 0; i < 1000; i++) story.note(20_000, 'plain', 'host', `event ${i}`);
  const text = textOf(draw(story, 20_000));
  assert.match(text, /event 999/);
  assert.ok(!text.includes('event 900 '));
  assert.match(text.split('\n').at(-1) ?? '', /q ends/);
});

test('without colour there is no escape sequence, with colour every piece is closed', () => {
  const [header] = draw(runStory(), 20_000);
  assert.ok(!paint(header!, false).includes('\x1b'));
  const painted = paint(header!, true);
  assert.ok(painted.includes('\x1b[1;36m GATEHOUSE\x1b[0m'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences are what is looked at
  assert.equal(painted.replace(/\x1b\[[\d;]*m/g, ''), paint(header!, false));
});

test.run();
