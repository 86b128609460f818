import { scryptSync } from 'node:crypto';
import { Intake } from '../../../../../host/src/drivers/mqtt/intake.ts';
import { isPassword } from '../../../../../host/src/drivers/mqtt/listener/password.ts';
import { RetainedRoom } from '../../../../../host/src/drivers/mqtt/listener/retained-room.ts';
import { toLeafMessage } from '../../../../../host/src/drivers/mqtt/to-leaf-message.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('parts of the MQTT driver');

test('a password is compared with what the secret holds, as it is or as scrypt of it', async () => {
  const salt = Buffer.alloc(16, 7);
  const hash = scryptSync('right', salt, 32, { N: 1_024, r: 8, p: 1 });
  const scrypt = `scrypt:1024:8:1:${salt.toString('base64')}:${hash.toString('base64')}`;
  for (const secret of ['right', scrypt]) {
    assert.equal(await isPassword(Buffer.from('right'), secret), true);
    assert.equal(await isPassword(Buffer.from('wrong'), secret), false);
    assert.equal(await isPassword(Buffer.from(''), secret), false);
  }
  assert.equal(await isPassword(Buffer.from(scrypt), scrypt), false, 'what is stored is not the password');
});

test('a secret that begins like scrypt and is none, or needs too much, is an error and lets nobody in', async () => {
  const salt = Buffer.alloc(16).toString('base64');
  const hash = Buffer.alloc(32).toString('base64');
  for (const secret of [
    'scrypt:',
    `scrypt:1024:8:1:${salt}`,
    `scrypt:262144:16:1:${salt}:${hash}`,
    `scrypt:1024:8:99:${salt}:${hash}`,
  ])
    await assert.rejects(() => isPassword(Buffer.from(secret), secret), /.*/);
});

test('what is retained is counted by topic, and gives its room back', () => {
  const room = new RetainedRoom();
  const half = 524_000;
  assert.equal(room.take('a', half), true);
  assert.equal(room.take('b', half), true);
  assert.equal(room.take('c', half), false);
  assert.equal(room.take('a', half - 1), true, 'in its own place');
  assert.equal(room.take('b', 0), true);
  assert.equal(room.take('c', half), true);
  assert.equal(room.messages, 2);
});

test('so many topics are retained and no more, however small', () => {
  const room = new RetainedRoom();
  let count = 0;
  while (room.take(`t${count}`, 1)) count++;
  assert.equal(count, 1_024);
});

test('asking whether there is room takes none', () => {
  const room = new RetainedRoom();
  room.take('a', 1_000_000);
  assert.equal(room.hasRoom('b', 100_000), false);
  assert.equal(room.hasRoom('a', 100_000), true);
  assert.equal(room.hasRoom('a', 0), true);
  assert.equal(room.take('b', 100_000), false);
  assert.equal(room.messages, 1);
});

test('a message has its topic, the flag and user properties, in the limits of messages', () => {
  const publish = { topic: 't', payload: Buffer.from('x'), retain: true };
  const withProperties = (userProperties: Record<string, string | string[]>) =>
    toLeafMessage('leaf', { ...publish, properties: { userProperties } })?.properties;
  assert.deepEqual(withProperties({ a: '1', Topic: 'no', '$.mid': 'no', b: ['2', '3'] }), [
    ['topic', 't'],
    ['retain', 'true'],
    ['a', '1'],
    ['b', '2'],
  ]);
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, '']));
  assert.equal(withProperties(many(62))?.length, 64);
  assert.equal(withProperties(many(63)), undefined);
  assert.equal(withProperties({ a: 'x'.repeat(65_536) }), undefined);
});

test('what waits keeps its order by sender, senders take turns, and nothing is looked for when nothing waits', () => {
  const clock = new VirtualClock();
  let room = 0;
  const sent: string[] = [];
  const intake = new Intake(clock, ({ leaf, body }) => () => {
    if (room <= 0) return false;
    room--;
    sent.push(`${leaf}${Buffer.from(body).toString()}`);
    return true;
  });
  const lanes = ['a', 'b'].map((leaf) => ({ leaf, lane: intake.openLane() }));
  let taken = 0;
  for (const text of ['1', '2', '3'])
    for (const { leaf, lane } of lanes)
      lane.offer({ leaf, properties: [], body: Buffer.from(text) }, () => {
        taken++;
      });
  clock.advance(1_000);
  assert.deepEqual([sent, taken], [[], 0]);
  room = 2;
  clock.advance(100);
  room = 1;
  clock.advance(100);
  room = 100;
  clock.advance(100);
  for (const leaf of ['a', 'b'])
    assert.deepEqual(
      sent.filter((text) => text.startsWith(leaf)),
      [`${leaf}1`, `${leaf}2`, `${leaf}3`],
    );
  assert.ok(
    sent.slice(0, 3).some((text) => text.startsWith('b')),
    'the first is not first for ever',
  );
  assert.equal(taken, 6);
  assert.equal(clock.pending, 0);
});

test('senders that wait for an input without room do not hide one whose input has some', () => {
  const clock = new VirtualClock();
  let room = 0;
  const intake = new Intake(
    clock,
    ({ leaf }) =>
      () =>
        leaf === 'other' && room-- > 0,
  );
  for (let n = 0; n < 20; n++)
    intake.openLane().offer({ leaf: 'stuck', properties: [], body: new Uint8Array(1) }, () => assert.fail('no room'));
  let taken = false;
  intake.openLane().offer({ leaf: 'other', properties: [], body: new Uint8Array(1) }, () => {
    taken = true;
  });
  room = 1;
  clock.advance(1_000);
  assert.ok(taken);
});

test('a lane that is closed is forgotten with what waits in it, and leaves no timer', () => {
  const clock = new VirtualClock();
  const intake = new Intake(clock, () => () => false);
  const lane = intake.openLane();
  lane.offer({ leaf: 'a', properties: [], body: new Uint8Array(3) }, () => assert.fail('nobody took it'));
  assert.deepEqual([lane.waiting, lane.waitingBytes], [1, 3]);
  intake.close(lane);
  assert.deepEqual([lane.waiting, lane.waitingBytes, clock.pending], [0, 0, 0]);
});

test.run();
