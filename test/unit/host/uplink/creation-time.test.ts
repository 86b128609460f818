import { suffixWithTime } from '../../../../host/src/uplink/creation-time.ts';
import { encodePropertyBag, type Property } from '../../../../host/src/uplink/property-bag.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { VirtualEnvironment } from './virtual-environment.ts';

const test = suite('creation time');

const BUILT = Date.UTC(2026, 0, 1);
const NOW = Date.UTC(2026, 10, 1);
const iso = (timeMs: number) => new Date(timeMs).toISOString();
const ctime = (timeMs: number): Property => ['$.ctime', iso(timeMs)];

/** An environment, and a bag of which the creation time is stamped by its clock. */
async function rig(timeMs: number, isKnown: boolean) {
  const environment = new VirtualEnvironment();
  environment.floorMs = BUILT;
  await environment.pass(5_000);
  environment.setClock(timeMs, isKnown);
  const made = { timeMs, monotonicMs: environment.monotonic() };
  const bag = `${encodePropertyBag([['k', 'v'], ctime(timeMs), ['z', '1']])}/`;
  await environment.pass(60_000);
  return { environment, made, bag, sent: () => read(suffixWithTime(bag, made, environment)) };
}

function read(suffix: string): Property[] {
  return suffix
    .replace(/\/$/, '')
    .split('&')
    .map((entry) => entry.split('=').map(decodeURIComponent) as unknown as Property);
}

test('stays as it is while nobody sets the clock', async () => {
  const { environment, made, bag } = await rig(NOW, true);
  assert.equal(suffixWithTime(bag, made, environment), bag);
});

test('of a time before the clock was set is corrected by the monotonic clock, and marked', async () => {
  const { environment, sent } = await rig(5_000, false);
  environment.setClock(NOW);
  assert.deepEqual(sent(), [['k', 'v'], ctime(NOW - 60_000), ['z', '1'], ['gatehouse-time', 'corrected']]);
});

for (const byMs of [365, -100].map((days) => days * 86_400_000)) {
  test(`is corrected when a clock that was believed is set by ${byMs} ms`, async () => {
    const { environment, sent } = await rig(NOW, true);
    environment.setClock(environment.now() + byMs);
    assert.deepEqual(sent(), [['k', 'v'], ctime(NOW + byMs), ['z', '1'], ['gatehouse-time', 'corrected']]);
  });
}

test('is marked as unset when it is sent before the clock is set', async () => {
  const { sent } = await rig(5_000, false);
  assert.deepEqual(sent(), [['k', 'v'], ctime(5_000), ['z', '1'], ['gatehouse-time', 'unset']]);
});

test('stays when the clock that made it was right, and is set to what cannot be', async () => {
  const { environment, made, bag } = await rig(NOW, true);
  environment.setClock(0, false);
  assert.equal(suffixWithTime(bag, made, environment), bag);
});

test('is marked as unset when it is of another start of the machine and cannot be', async () => {
  const { environment, bag } = await rig(5_000, false);
  environment.setClock(NOW);
  const made = { timeMs: 5_000, monotonicMs: Number.NaN };
  assert.deepEqual(read(suffixWithTime(bag, made, environment)).slice(1), [
    ctime(5_000),
    ['z', '1'],
    ['gatehouse-time', 'unset'],
  ]);
});

test('is corrected itself, and not a property of the sender that looks like it', async () => {
  const { environment, made } = await rig(5_000, false);
  environment.setClock(NOW);
  const likeIt: Property[] = [
    ['x$.ctime', iso(5_000)],
    ['y', `$.ctime=${iso(5_000)}`],
  ];
  const bag = encodePropertyBag([...likeIt, ctime(5_000)]);
  const corrected: Property[] = [...likeIt, ctime(NOW - 60_000), ['gatehouse-time', 'corrected']];
  for (const end of ['', '/']) assert.deepEqual(read(suffixWithTime(bag + end, made, environment)), corrected);
});

test('is left alone, but marked, where the sender has written one of its own', async () => {
  const { environment, made } = await rig(5_000, false);
  environment.setClock(NOW);
  const bag = encodePropertyBag([ctime(1_234)]);
  assert.deepEqual(read(suffixWithTime(bag, made, environment)), [ctime(1_234), ['gatehouse-time', 'unset']]);
});

for (const [bag, expected] of [
  ['', 'gatehouse-time=unset'],
  ['/', 'gatehouse-time=unset/'],
] as const) {
  test(`marks a message without properties (${JSON.stringify(bag)})`, async () => {
    const { environment, made } = await rig(5_000, false);
    assert.equal(suffixWithTime(bag, made, environment), expected);
  });
}

test.run();
