import type { UplinkConfig } from '../../../../host/src/configuration/gateway.ts';
import { type Identity, Uplink } from '../../../../host/src/uplink/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { FakeHub } from './fake-hub.ts';
import { uplinkConfig } from './uplink-config.ts';
import { VirtualEnvironment } from './virtual-environment.ts';

const test = suite('uplink');

const DEVICE: Identity = { deviceId: 'pump-7' };
const A: Identity = { deviceId: 'pump-7', moduleId: 'a' };
const B: Identity = { deviceId: 'pump-7', moduleId: 'b' };

function rig(config: Partial<UplinkConfig> = {}) {
  const hub = new FakeHub();
  const environment = new VirtualEnvironment();
  const lost: string[] = [];
  const open = () =>
    Uplink.open(
      uplinkConfig(config),
      'pump-7',
      {
        stateChanged: () => {},
        messagesLost: ({ moduleId = '' }, error) => lost.push(`${moduleId} ${error.code}`.trim()),
      },
      { environment, openSession: hub.openSession },
    );
  return { hub, environment, lost, open };
}

const message = (body: string, expiresAtMs = Infinity) => ({
  body: Buffer.from(body),
  properties: [],
  priority: 0,
  expiresAtMs,
});
const bodies = (hub: FakeHub) => hub.published.map(({ body }) => body);
const clients = (hub: FakeHub) => hub.requests.map(({ clientId }) => clientId);

test('opens one connection for each identity on its first message, and keeps it', async () => {
  const { hub, environment, open } = rig({ connections: 'per-identity' });
  const uplink = open();
  await environment.pass(1_000);
  assert.deepEqual(clients(hub), []);
  uplink.send(A, message('1'));
  uplink.send(B, message('2'));
  await environment.pass(1_000);
  uplink.send(A, { ...message('3'), properties: [['k', 'v']], output: 'o' });
  await environment.pass(1_000);
  assert.deepEqual(clients(hub), ['pump-7/a', 'pump-7/b']);
  assert.deepEqual(hub.published, [
    { clientId: 'pump-7/a', topic: 'devices/pump-7/modules/a/messages/events/', body: '1' },
    { clientId: 'pump-7/b', topic: 'devices/pump-7/modules/b/messages/events/', body: '2' },
    { clientId: 'pump-7/a', topic: 'devices/pump-7/modules/a/messages/events/%24.on=o&k=v/', body: '3' },
  ]);
  assert.equal(uplink.status().sent, 3);
});

test('connects for an identity before it has anything to send, when asked', async () => {
  const { hub, environment, open } = rig({ connections: 'per-identity' });
  open().connect(A);
  await environment.pass(0);
  assert.deepEqual(clients(hub), ['pump-7/a']);
});

test('asks the hub first where the configuration leaves it open, and uses one connection where the hub says so', async () => {
  const { hub, environment, open } = rig();
  hub.answer = () => FakeHub.greeting({ isShared: true });
  const uplink = open();
  uplink.send(A, message('1'));
  uplink.send(B, message('2'));
  assert.deepEqual(clients(hub), ['pump-7']);
  await environment.pass(0);
  assert.deepEqual(clients(hub), ['pump-7']);
  assert.deepEqual(
    hub.published.map(({ clientId, topic }) => [clientId, topic.split('/')[3]]),
    [
      ['pump-7', 'b'],
      ['pump-7', 'a'],
    ].toSorted(),
  );
});

test('uses one connection each where the hub announces nothing', async () => {
  const { hub, environment, open } = rig();
  const uplink = open();
  uplink.send(A, message('1'));
  uplink.send(B, message('2'));
  uplink.send(DEVICE, message('3'));
  await environment.pass(0);
  assert.deepEqual(clients(hub), ['pump-7', 'pump-7/a', 'pump-7/b']);
  assert.equal(uplink.status().sent, 3);
});

test('uses one connection without asking when the configuration says so', async () => {
  const { hub, environment, open } = rig({ connections: 'shared' });
  const uplink = open();
  uplink.send(A, message('1'));
  uplink.send(B, message('2'));
  await environment.pass(0);
  assert.deepEqual(clients(hub), ['pump-7']);
  assert.equal(hub.requests[0]!.version, 4);
  assert.equal(uplink.status().sent, 2);
});

test('follows a hub that does not share any more after a restart, and loses nothing', async () => {
  const { hub, environment, open } = rig();
  hub.answer = () => FakeHub.greeting({ isShared: true });
  hub.acknowledge = undefined;
  const uplink = open();
  await environment.pass(0);
  uplink.send(A, message('1'));
  hub.answer = () => FakeHub.greeting();
  hub.acknowledge = () => ({ kind: 'accepted' });
  hub.open[0]!.drop();
  await environment.pass(0);
  uplink.send(A, message('2'));
  await environment.pass(1_000);
  assert.deepEqual(
    hub.published.map(({ clientId, body }) => [clientId, body]),
    [
      ['pump-7', '1'],
      ['pump-7/a', '1'],
      ['pump-7/a', '2'],
    ],
  );
  assert.equal(uplink.status().resent, 1);
});

test('sends again, in order and from the first that is not acknowledged, after a connection is lost', async () => {
  const { hub, environment, open } = rig({ connections: 'shared' });
  hub.acknowledge = undefined;
  const uplink = open();
  await environment.pass(0);
  for (const body of ['1', '2', '3']) uplink.send(A, message(body));
  hub.open[0]!.waiting[0]!({ kind: 'accepted' });
  hub.open[0]!.drop();
  await environment.pass(0);
  uplink.send(A, message('4'));
  await environment.pass(1_000);
  assert.deepEqual(bodies(hub), ['1', '2', '3', '2', '3', '4']);
  const { sent, queued, resent } = uplink.status();
  assert.deepEqual({ sent, queued, resent }, { sent: 1, queued: 3, resent: 2 });
});

test('has no more in flight than the window, or what the hub takes', async () => {
  const { hub, environment, open } = rig({ connections: 'shared' });
  hub.acknowledge = undefined;
  const uplink = open();
  for (let count = 0; count < 100; count++) uplink.send(A, message(String(count)));
  await environment.pass(0);
  assert.equal(hub.published.length, 64);
  hub.open[0]!.waiting[0]!({ kind: 'accepted' });
  assert.equal(hub.published.length, 65);

  hub.published.length = 0;
  hub.answer = () => FakeHub.greeting({ receiveMaximum: 3 });
  hub.open[0]!.drop();
  await environment.pass(1_000);
  assert.deepEqual(bodies(hub), ['1', '2', '3']);
});

test('has no more bytes in flight than the window, however many messages that is', async () => {
  const { hub, environment, open } = rig({ connections: 'shared', queueBytes: 1_048_576 });
  hub.acknowledge = undefined;
  const uplink = open();
  for (let count = 0; count < 5; count++) uplink.send(A, message('x'.repeat(100_000)));
  await environment.pass(0);
  assert.equal(hub.published.length, 2);
});

test('lets identities that share a connection take turns', async () => {
  const { hub, environment, open } = rig({ connections: 'shared' });
  hub.answer = () => FakeHub.greeting({ receiveMaximum: 4 });
  hub.acknowledge = undefined;
  const uplink = open();
  for (let count = 0; count < 10; count++) uplink.send(A, message('a'));
  for (let count = 0; count < 2; count++) uplink.send(B, message('b'));
  await environment.pass(0);
  assert.deepEqual(bodies(hub).toSorted(), ['a', 'a', 'b', 'b']);
});

test('does not send a message whose time is over', async () => {
  const { hub, environment, open } = rig({ connections: 'shared' });
  hub.answer = () => FakeHub.failure('ECONNREFUSED', 'tcp');
  const uplink = open();
  uplink.send(A, message('old', 5_000));
  uplink.send(A, message('new', 3_600_000));
  await environment.pass(10_000);
  hub.answer = () => FakeHub.greeting();
  await environment.pass(60_000);
  assert.deepEqual(bodies(hub), ['new']);
  assert.equal(uplink.status().expired, 1);
});

for (const setTo of [Date.UTC(2026, 10, 1), -86_400_000]) {
  test(`a time to live is over when it would have been over, also when the clock is set to ${setTo}`, async () => {
    const { hub, environment, open } = rig({ connections: 'shared' });
    hub.answer = () => FakeHub.failure('ECONNREFUSED', 'tcp');
    const uplink = open();
    uplink.send(A, message('old', 5_000));
    uplink.send(A, message('new', 3_600_000));
    environment.setClock(setTo);
    await environment.pass(10_000);
    hub.answer = () => FakeHub.greeting();
    await environment.pass(60_000);
    assert.deepEqual(bodies(hub), ['new']);
  });
}

test('messages that wait when the clock is set are sent with the time that they would have had', async () => {
  const { hub, environment, open } = rig({ connections: 'shared' });
  const setTo = Date.UTC(2026, 10, 1);
  const made = () => {
    const timeMs = environment.now();
    const properties = [['$.ctime', new Date(timeMs).toISOString()]] as const;
    return { ...message('1'), output: 'o', properties, made: { timeMs, monotonicMs: environment.monotonic() } };
  };
  hub.answer = () => FakeHub.failure('ECONNREFUSED', 'tcp');
  const uplink = open();
  uplink.send(A, made());
  await environment.pass(10_000);
  environment.setClock(setTo);
  uplink.send(A, made());
  hub.answer = () => FakeHub.greeting();
  await environment.pass(60_000);
  const topic = (time: string, more: string) =>
    `devices/pump-7/modules/a/messages/events/%24.on=o&%24.ctime=${encodeURIComponent(time)}${more}/`;
  assert.deepEqual(
    hub.published.map(({ topic }) => topic),
    [topic('2026-10-31T23:59:50.000Z', '&gatehouse-time=corrected'), topic('2026-11-01T00:00:00.000Z', '')],
  );
});

test('a message that has no room for the mark of its time is sent without', async () => {
  const { hub, environment, open } = rig({ connections: 'shared', queueBytes: 1_048_576 });
  environment.floorMs = 1;
  const uplink = open();
  for (const bytes of [200_000, 262_144])
    uplink.send(A, { ...message('x'.repeat(bytes)), made: { timeMs: 0, monotonicMs: 0 } });
  await environment.pass(0);
  assert.deepEqual(
    hub.published.map(({ topic }) => topic.slice(topic.lastIndexOf('/'))),
    ['/gatehouse-time=unset', '/'],
  );
});

test('drops the oldest when the queue is full, and reports that once until it has been empty', async () => {
  const { hub, environment, lost, open } = rig({ connections: 'shared', queueBytes: 128 });
  hub.answer = () => FakeHub.failure('ECONNREFUSED', 'tcp');
  const uplink = open();
  for (const body of ['1', '2', '3', '4']) uplink.send(A, message(body));
  assert.equal(uplink.status().dropped, 2);
  assert.deepEqual(lost, ['a UPLINK_DROPPED']);
  hub.answer = () => FakeHub.greeting();
  await environment.pass(60_000);
  assert.deepEqual(bodies(hub), ['3', '4']);
  hub.acknowledge = undefined;
  for (const body of ['5', '6', '7']) uplink.send(A, message(body));
  assert.deepEqual(lost, ['a UPLINK_DROPPED', 'a UPLINK_DROPPED']);
});

test('takes a message of 262,144 bytes and refuses one of 262,145, counted as the hub counts', async () => {
  const { hub, environment, lost, open } = rig({ connections: 'shared', queueBytes: 1_048_576 });
  const uplink = open();
  // 4 bytes of name and value, 2 of the system property's value, 1 of the output's name.
  const rest = {
    properties: [
      ['ab', 'cd'],
      ['$.mid', 'ef'],
    ] as const,
    output: 'o',
  };
  uplink.send(A, { ...message('x'.repeat(262_144 - 7)), ...rest });
  uplink.send(A, { ...message('x'.repeat(262_144 - 6)), ...rest });
  await environment.pass(0);
  assert.equal(hub.published.length, 1);
  assert.deepEqual(lost, ['a LIMIT_MESSAGE']);
  assert.equal(uplink.status().refused, 1);
});

test('refuses properties that do not fit into a topic, and text that is not Unicode', async () => {
  const { environment, lost, open } = rig({ connections: 'shared' });
  const uplink = open();
  uplink.send(A, { ...message(''), properties: [['k', '/'.repeat(21_900)]] });
  uplink.send(B, { ...message(''), properties: [['k', '\ud800']] });
  await environment.pass(0);
  assert.deepEqual(lost, ['a LIMIT_MESSAGE', 'b GUEST_ARGUMENT']);
  assert.equal(uplink.status().queued, 0);
});

test('gives up a message that the hub does not want, goes on with the next, and reports one a minute', async () => {
  const { hub, environment, lost, open } = rig({ connections: 'shared' });
  hub.acknowledge = ({ body }) =>
    body === 'bad' ? { kind: 'refused', code: 135, reason: 'not authorized' } : { kind: 'accepted' };
  const uplink = open();
  for (const body of ['bad', 'bad', 'good']) uplink.send(A, message(body));
  await environment.pass(0);
  const { refused, sent, queued } = uplink.status();
  assert.deepEqual({ refused, sent, queued }, { refused: 2, sent: 1, queued: 0 });
  assert.deepEqual(lost, ['a UPLINK_REFUSED']);
  await environment.pass(60_000);
  uplink.send(A, message('bad'));
  await environment.pass(0);
  assert.equal(lost.length, 2);
});

test('gives up a message that is larger than the packets the hub takes', async () => {
  const { hub, environment, lost, open } = rig({ connections: 'shared' });
  hub.answer = () => FakeHub.greeting({ packetBytesMax: 1_000 });
  const uplink = open();
  uplink.send(A, message('x'.repeat(1_000)));
  uplink.send(A, message('small'));
  await environment.pass(0);
  assert.deepEqual(bodies(hub), ['small']);
  assert.deepEqual(lost, ['a UPLINK_REFUSED']);
});

test('one identity that is refused does not hold up another', async () => {
  const { hub, environment, open } = rig({ connections: 'per-identity' });
  hub.answer = ({ clientId }) => (clientId === 'pump-7/a' ? FakeHub.failure(5) : FakeHub.greeting());
  const uplink = open();
  uplink.send(A, message('1'));
  uplink.send(B, message('2'));
  await environment.pass(0);
  assert.deepEqual(bodies(hub), ['2']);
  assert.equal(uplink.status().connected, false);
  assert.deepEqual(
    uplink.status().connections.map(({ identity, state, code }) => [identity, state, code]),
    [
      ['pump-7/a', 'disconnected', 'UPLINK_REFUSED'],
      ['pump-7/b', 'connected', undefined],
    ],
  );
});

test('waits for acknowledgements when it closes, then disconnects', async () => {
  const { hub, environment, lost, open } = rig({ connections: 'shared' });
  hub.acknowledge = undefined;
  const uplink = open();
  await environment.pass(0);
  uplink.send(A, message('1'));
  const closed = uplink.close();
  uplink.send(A, message('too late'));
  await environment.pass(1_000);
  assert.equal(hub.open.length, 1);
  hub.open[0]!.waiting[0]!({ kind: 'accepted' });
  await closed;
  assert.equal(hub.sessions[0]!.isEnded, true);
  assert.deepEqual(bodies(hub), ['1']);
  assert.deepEqual(lost, []);
  assert.equal(uplink.status().dropped, 1);
  assert.equal(environment.pending, 0);
});

test('closes after a deadline, and says how much is lost', async () => {
  const { hub, environment, lost, open } = rig({ connections: 'shared' });
  hub.acknowledge = undefined;
  const uplink = open();
  await environment.pass(0);
  uplink.send(A, message('1'));
  const closed = uplink.close();
  await environment.pass(2_000);
  await closed;
  assert.deepEqual(lost, ['ABORTED']);
  assert.equal(uplink.status().dropped, 1);
});

test('closes at once where there is no hub', async () => {
  const { hub, environment, open } = rig({ connections: 'shared' });
  hub.answer = () => FakeHub.failure('ECONNREFUSED', 'tcp');
  const uplink = open();
  await environment.pass(0);
  uplink.send(A, message('1'));
  await uplink.close();
  assert.equal(environment.pending, 0);
});

test.run();
