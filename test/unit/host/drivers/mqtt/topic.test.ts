import {
  covers,
  filterProblem,
  isArrivedTopic,
  isTopicText,
  takesArrived,
  takesTopic,
} from '../../../../../host/src/drivers/mqtt/topic.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('topics of MQTT');
const takes = (filter: string, topic: string): boolean => {
  // Within other bytes, as in a request.
  const bytes = Buffer.from(`<<${topic}>>`);
  return takesTopic(Buffer.from(filter), bytes, 2, bytes.byteLength - 2);
};

/** Examples of MQTT 3.1.1, section 4.7, and what lies around them. */
const TAKEN: readonly (readonly [filter: string, topic: string])[] = [
  ['sport/tennis/player1/#', 'sport/tennis/player1'],
  ['sport/tennis/player1/#', 'sport/tennis/player1/ranking'],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon'],
  ['sport/#', 'sport'],
  ['#', 'sport/tennis'],
  ['sport/tennis/+', 'sport/tennis/player1'],
  ['sport/+', 'sport/'],
  ['+/+', '/finance'],
  ['/+', '/finance'],
  ['+/tennis/#', 'sport/tennis'],
  ['+', 'a'],
  ['a//b', 'a//b'],
  ['a/+/b', 'a//b'],
  ['höhe/+', 'höhe/ß'],
];
const NOT_TAKEN: readonly (readonly [filter: string, topic: string])[] = [
  ['sport/tennis/+', 'sport/tennis/player1/ranking'],
  ['sport/+', 'sport'],
  ['+', '/finance'],
  ['sport/#', 'sports'],
  ['sport/tennis', 'sport/tennis/'],
  ['sport/tennis/', 'sport/tennis'],
  ['+/a', 'b/ab'],
  ['a/+/b', 'a/b'],
  ['Sport', 'sport'],
  ['a', ''],
];

test('[MQTT-4.7.1] a filter takes what the standard says', () => {
  for (const [filter, topic] of TAKEN) assert.ok(takes(filter, topic), `${filter} takes ${topic}`);
  for (const [filter, topic] of NOT_TAKEN) assert.ok(!takes(filter, topic), `${filter} does not take ${topic}`);
});

test('[MQTT-4.7.2-1] wildcards in front take no topic of the broker', () => {
  const arrived = (filter: string, topic: string) => takesArrived(Buffer.from(filter), Buffer.from(topic));
  assert.equal(arrived('#', '$SYS/broker'), false);
  assert.equal(arrived('+/broker', '$SYS/broker'), false);
  assert.equal(arrived('$SYS/#', '$SYS/broker'), true);
  assert.equal(arrived('#', 'SYS'), true);
});

test('what is no topic to publish to is known', () => {
  for (const topic of ['', 'a/+', '#', 'a#', '$SYS/x', 'a\0', 'x'.repeat(1_025), 'a/'.repeat(32), 'a\ufffd'])
    assert.equal(isTopicText(topic), false, JSON.stringify(topic.slice(0, 20)));
  for (const topic of ['a', '/', 'a/$b', 'x'.repeat(1_024), `${'a/'.repeat(31)}a`, 'ü/€'])
    assert.equal(isTopicText(topic), true, JSON.stringify(topic.slice(0, 20)));
  assert.deepEqual(['a', '$SYS/a', '', 'a+', 'a\ufffd'].map(isArrivedTopic), [true, true, false, false, false]);
});

test('what is no filter is known, with the reason', () => {
  assert.equal(filterProblem('a/+/#'), undefined);
  assert.equal(filterProblem('#'), undefined);
  assert.match(filterProblem('') ?? '', /empty/);
  assert.match(filterProblem('a/#/b') ?? '', /last level/);
  assert.match(filterProblem('a#') ?? '', /stands alone/);
  assert.match(filterProblem('a/b+') ?? '', /stands alone/);
  assert.match(filterProblem('a\0') ?? '', /NUL/);
  assert.match(filterProblem('a/'.repeat(40)) ?? '', /levels/);
  assert.match(filterProblem('x'.repeat(2_000)) ?? '', /bytes/);
});

test('a filter covers another one only if it takes all that the other takes', () => {
  const yes = [
    ['#', '#'],
    ['#', 'a/+'],
    ['a/#', 'a'],
    ['a/#', 'a/#'],
    ['a/#', 'a/+/c'],
    ['a/+', 'a/+'],
    ['a/+', 'a/b'],
    ['+/+', 'a/+'],
    ['a', 'a'],
  ] as const;
  const no = [
    ['a/+', 'a/#'],
    ['a/+', 'a'],
    ['a/b', 'a/+'],
    ['a/b', '#'],
    ['+', '#'],
    ['+/+', '#'],
    ['a/#', '+'],
    ['a/#', 'b/#'],
    ['a', 'a/b'],
  ] as const;
  for (const [filter, other] of yes) assert.ok(covers(filter, other), `${filter} covers ${other}`);
  for (const [filter, other] of no) assert.ok(!covers(filter, other), `${filter} does not cover ${other}`);
});

test.run();
