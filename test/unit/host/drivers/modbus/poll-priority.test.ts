import type { PriorityName } from '../../../../../host/src/drivers/modbus/priority.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { DriverRig, deviceAt } from '../driver-rig.ts';
import { answersAfter } from '../fake-bus.ts';
import { FakeNetwork } from '../fake-network.ts';
import { ended, LineRig, unitAt } from '../line-rig.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus polls and their priorities');
/** What one request takes on the line: its answer, and the silence behind it. */
const REQUEST_MS = 14;

const poll = (address: number, intervalMs: number, priority?: PriorityName) => ({
  registers: [`holding:${address}`],
  intervalMs,
  ...(priority === undefined ? {} : { priority }),
});

/** A line with a unit for each poll, all subscribed; the unit and the poll have the same name. */
async function open(polls: Record<string, ReturnType<typeof poll>>): Promise<LineRig> {
  const names = Object.keys(polls);
  const units = names.map((name, n) => [name, unitAt(n + 1, { polls: { [name]: polls[name]! } })] as const);
  const rig = await LineRig.open({ ...Object.fromEntries(units), busy: unitAt(100) });
  for (let id = 1; id <= names.length; id++) rig.bus.units.set(id, answersAfter(10));
  rig.bus.units.set(100, answersAfter(10));
  return rig;
}

const subscribe = (rig: LineRig, names: readonly string[]): void => {
  for (const name of names) rig.rig.subscribe(name, name, () => {});
};
const order = (rig: LineRig): number[] => rig.bus.requests.map(({ frame }) => frame.readUInt16BE(2));
const share = (rig: LineRig, address: number): number => order(rig).filter((each) => each === address).length;

test('those that are due go by priority, whichever unit they are for', async () => {
  const rig = await open({ low: poll(1, 10_000, 'low'), normal: poll(2, 10_000), high: poll(3, 10_000, 'high') });
  rig.read('busy', 'holding:9');
  subscribe(rig, ['low', 'normal', 'high']);
  rig.clock.advance(100);
  assert.deepEqual(order(rig), [9, 3, 2, 1]);
});

test('on a connection of its own a device is asked by priority as well', async () => {
  const [clock, network] = [new VirtualClock(), new FakeNetwork()];
  const polls = { slow: poll(1, 10_000, 'low'), usual: poll(2, 10_000), fast: poll(3, 10_000, 'high') };
  const rig = await DriverRig.open({ pump: deviceAt(502, { polls }) }, { clock, openTransport: network.open });
  await Promise.resolve();
  void rig.read('pump', 'holding:9');
  for (const name of Object.keys(polls)) rig.subscribe('pump', name, () => {});
  while (network.last.answerNext()) {}
  assert.deepEqual(network.last.log, ['3:9', '3:3', '3:2', '3:1']);
});

test('what modules read themselves has the priority of a normal poll', async () => {
  const rig = await open({ low: poll(1, 10_000, 'low'), high: poll(3, 10_000, 'high') });
  rig.read('busy', 'holding:9');
  subscribe(rig, ['low']);
  rig.read('busy', 'holding:8');
  subscribe(rig, ['high']);
  rig.clock.advance(100);
  assert.deepEqual(order(rig), [9, 3, 8, 1]);
});

test('a line that polls of a high priority fill still reads those of a low one every two seconds or sooner', async () => {
  const rig = await open({ low: poll(1, 100, 'low'), a: poll(2, 10, 'high'), b: poll(3, 10, 'high') });
  subscribe(rig, ['a', 'b', 'low']);
  rig.clock.advance(20_000);
  const times = rig.bus.requests.filter(({ frame }) => frame.readUInt16BE(2) === 1).map(({ time }) => time);
  const gaps = times.slice(1).map((time, n) => time - times[n]!);
  assert.ok(times.length >= 8, `${times.length} readings`);
  // What is due waits two seconds, then for one request of each other unit and the one under way; due again within 100 ms.
  assert.ok(Math.max(...gaps) <= 2_000 + 3 * REQUEST_MS + 100, `${Math.max(...gaps)} ms`);
  assert.ok(share(rig, 2) > 30 * share(rig, 1) && share(rig, 3) > 30 * share(rig, 1));
});

test('polls of one priority that fill a line have the same share of it', async () => {
  const rig = await open({ a: poll(1, 20), b: poll(2, 20), c: poll(3, 20) });
  subscribe(rig, ['a', 'b', 'c']);
  rig.clock.advance(10_000);
  const shares = [1, 2, 3].map((address) => share(rig, address));
  assert.ok(Math.max(...shares) - Math.min(...shares) <= 1, shares.join());
});

test('a write overtakes polls of every priority', async () => {
  const rig = await open({ a: poll(1, 20, 'high'), b: poll(2, 20, 'high') });
  subscribe(rig, ['a', 'b']);
  rig.clock.advance(1_000);
  const before = rig.bus.requests.length;
  const write = rig.write('busy', 'holding:7', [1]);
  rig.clock.advance(2 * REQUEST_MS);
  assert.equal(ended(write), 'ok ');
  assert.ok(rig.bus.requests.slice(before, before + 2).some(({ what }) => what === '6:7'));
});

test('writes that never end leave polls of other units every ninth request', async () => {
  const rig = await open({ a: poll(1, 20) });
  subscribe(rig, ['a']);
  for (let n = 0; n < 500; n++) rig.write('busy', `holding:${100 + n}`, [1], 60_000);
  rig.clock.advance(3_000);
  const kinds = rig.bus.requests.slice(1, 91).map(({ frame }) => (frame[1] === 6 ? 'w' : 'r'));
  assert.equal(kinds.join(''), 'wwwwwwwwr'.repeat(10));
});

test('the status of a device has the priority of each poll', async () => {
  const rig = await open({ low: poll(1, 100, 'low'), normal: poll(2, 100) });
  const priorities = ['low', 'normal'].map((name) => {
    const polls = rig.rig.status(name)['polls'] as Record<string, Record<string, unknown>>;
    return polls[name]?.['priority'];
  });
  assert.deepEqual(priorities, ['low', 'normal']);
});

test.run();
