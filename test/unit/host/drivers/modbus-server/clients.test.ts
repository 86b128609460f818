import { assert, suite } from '../../../../lib/suite.ts';
import { grant, ServerRig } from './server-rig.ts';

const test = suite('clients of a modbus server');
const grants = { m: grant(['holding:0-9'], ['holding:10']) };
const READ = '0001 0000 0006 01 03 0000 0001'.replaceAll(' ', '');
const ANSWER = '00010000000501030200ff';

async function open(changes: Parameters<typeof ServerRig.open>[1] = {}): Promise<ServerRig> {
  const rig = await ServerRig.open(grants, changes);
  rig.set(3, 0, [255, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  return rig;
}

test('requests that come in one piece are answered in their order, and one that comes byte by byte as well', async () => {
  const rig = await open();
  const client = rig.connect();
  client.send(`${READ}0002${READ.slice(4)}`);
  assert.deepEqual(client.answers, [ANSWER, `0002${ANSWER.slice(4)}`]);
  for (const byte of READ.match(/../g) as string[]) client.send(byte);
  assert.deepEqual(client.answers.slice(2), [ANSWER]);
});

for (const [what, hex] of [
  ['another protocol', '0001 0001 0006 01 03 0000 0001'],
  ['a length of nothing', '0001 0000 0000'],
  ['a length of a unit id alone', '0001 0000 0001 01'],
  ['a length beyond the longest frame', '0001 0000 00ff 01 03'],
  ['a text', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
] as const) {
  test(`a client that sends ${what} is disconnected, and counted`, async () => {
    const rig = await open();
    const [client, other] = [rig.connect(), rig.connect()];
    client.send(hex);
    assert.equal(client.state, 'reset');
    client.send(READ);
    assert.deepEqual(client.answers, [], 'nothing behind it is answered');
    assert.equal(rig.status['garbage'], 1);
    assert.deepEqual(rig.codes.filter(Boolean), ['CLIENT_PROTOCOL']);
    other.send(READ);
    assert.deepEqual(other.answers, [ANSWER], 'others go on');
    assert.equal(rig.status['clients'], 1);
  });
}

test('what is answered before the garbage is answered', async () => {
  const rig = await open();
  const client = rig.connect();
  client.send(`${READ}ffffffffffff`);
  assert.deepEqual(client.answers, [ANSWER]);
  assert.equal(client.state, 'reset');
});

test('a client that never ends its frame is disconnected after 5 s, however slowly it goes on', async () => {
  const rig = await open({ idleMs: 100_000 });
  const client = rig.connect();
  for (const byte of (READ.match(/../g) as string[]).slice(0, 5)) {
    client.send(byte);
    await rig.pass(999);
  }
  assert.equal(client.state, 'open');
  await rig.pass(5);
  assert.equal(client.state, 'reset');
  assert.equal(rig.status['slow'], 1);
});

test('each frame has its own time', async () => {
  const rig = await open({ idleMs: 100_000 });
  const client = rig.connect();
  for (let count = 0; count < 4; count++) {
    client.send(READ.slice(0, 12));
    await rig.pass(3_000);
    client.send(READ.slice(12) + READ.slice(0, 2));
    await rig.pass(3_000);
    client.send(READ.slice(2));
  }
  assert.equal(client.state, 'open');
  assert.equal(client.answers.length, 8);
});

test('a client without a request for idleMs is disconnected; one with requests is not', async () => {
  const rig = await open({ idleMs: 10_000 });
  const [idle, busy] = [rig.connect(), rig.connect()];
  for (let count = 0; count < 5; count++) {
    await rig.pass(2_000);
    busy.send(READ);
  }
  assert.deepEqual([idle.state, busy.state], ['reset', 'open']);
  assert.equal(rig.status['idle'], 1);
});

test('one client too many is disconnected at once, and takes the place of one that left', async () => {
  const rig = await open({ maxClients: 2 });
  const [first, second, third] = [rig.connect(), rig.connect(), rig.connect()];
  assert.deepEqual([first.state, second.state, third.state], ['open', 'open', 'reset']);
  assert.equal(rig.status['full'], 1);
  assert.deepEqual(rig.codes.filter(Boolean), ['CLIENT_LIMIT']);
  first.events?.closed();
  assert.equal(rig.connect().state, 'open');
});

test('an address that has taken all places makes room for another one, with what has asked for nothing longest', async () => {
  const rig = await open({ maxClients: 4 });
  const many = [rig.connect(), rig.connect(), rig.connect(), rig.connect()];
  await rig.pass(10);
  for (const client of [many[0], many[1], many[3]]) client?.send(READ);
  const other = rig.connect('10.0.0.8');
  assert.deepEqual(
    many.map(({ state }) => state),
    ['open', 'open', 'reset', 'open'],
  );
  other.send(READ);
  assert.deepEqual(other.answers, [ANSWER]);
  assert.equal(rig.connect().state, 'reset', 'it has most of them still');
  assert.equal(rig.connect('10.0.0.8').state, 'open');
  assert.equal(rig.connect('10.0.0.8').state, 'reset', 'it has as many');
  assert.deepEqual([rig.status['clients'], rig.status['full']], [4, 4]);
});

test('only clients of the list connect: addresses, networks, and both families', async () => {
  const rig = await open({ maxClients: 64, clients: ['10.0.0.7', '192.168.4.0/22', '2001:db8::/32'] });
  const state = (address: string) => rig.connect(address).state;
  for (const address of ['10.0.0.7', '192.168.4.1', '192.168.7.255', '2001:db8::1'])
    assert.equal(state(address), 'open', address);
  for (const address of ['10.0.0.8', '192.168.8.0', '127.0.0.1', '2001:db9::1', '::1', ''])
    assert.equal(state(address), 'reset', address);
  assert.equal(rig.status['refused'], 6);
  assert.deepEqual(rig.codes.filter(Boolean), ['CLIENT_DENIED'], 'told once a minute');
  await rig.pass(60_000);
  rig.connect('10.0.0.9');
  assert.match(rig.logs.at(-1) as string, /client 10\.0\.0\.9:\d+ is not allowed to connect; with others, 6 times/);
});

test('an IPv6 network admits no IPv4 clients, and the other way round', async () => {
  for (const [rule, admitted, refused] of [
    ['::/0', '2001:db8::1', '10.0.0.7'],
    ['0.0.0.0/0', '10.0.0.7', '2001:db8::1'],
  ] as const) {
    const rig = await open({ clients: [rule] });
    assert.deepEqual([rig.connect(admitted).state, rig.connect(refused).state], ['open', 'reset'], rule);
  }
});

test('a client that floods is read more slowly, and others are not', async () => {
  const rig = await open({ requestsPerSecond: 100 });
  const [flood, other] = [rig.connect(), rig.connect()];
  for (let count = 0; count < 5; count++) flood.send(READ.repeat(30));
  assert.equal(flood.answers.length, 150, 'what has been read is answered');
  assert.equal(flood.state, 'paused');
  assert.equal(rig.status['throttled'], 1);
  other.send(READ);
  assert.equal(other.answers.length, 1);
  await rig.pass(499);
  assert.equal(flood.state, 'paused');
  await rig.pass(2);
  assert.equal(flood.state, 'open');
  flood.send(READ);
  assert.equal(flood.state, 'paused', 'the burst is used up');
});

test('a client that floods and connects again has no new allowance, and other addresses have theirs', async () => {
  const rig = await open({ requestsPerSecond: 100 });
  const flood = rig.connect();
  flood.send(READ.repeat(150));
  flood.events?.closed();
  const again = rig.connect();
  assert.equal(again.state, 'paused');
  await rig.pass(499);
  assert.equal(again.state, 'paused');
  await rig.pass(2);
  assert.equal(again.state, 'open');
  again.events?.closed();
  await rig.pass(500);
  const later = rig.connect();
  later.send(READ.repeat(49));
  assert.equal(later.state, 'open', 'half of it is back');
  later.send(READ.repeat(2));
  assert.equal(later.state, 'paused');
  const other = rig.connect('10.0.0.8');
  other.send(READ.repeat(100));
  assert.equal(other.state, 'open');
});

test('a client that the server does not read for long is neither slow nor idle meanwhile', async () => {
  const rig = await open({ requestsPerSecond: 1, idleMs: 10_000 });
  const client = rig.connect();
  client.send(READ.repeat(21) + READ.slice(0, 10));
  await rig.pass(5_500);
  await rig.pass(14_000);
  assert.equal(client.state, 'paused');
  await rig.pass(1_000);
  assert.equal(client.state, 'open');
  client.send(READ.slice(10));
  assert.equal(client.answers.length, 22);
  client.send(READ.slice(0, 10));
  await rig.pass(1_100);
  await rig.pass(5_100);
  assert.equal(client.state, 'reset', 'its own time begins when it is read');
  assert.equal(rig.status['slow'], 1);
});

test('a client that does not read its answers is disconnected before they take much room', async () => {
  const rig = await open({ requestsPerSecond: 100_000 });
  const client = rig.connect();
  client.isDeaf = true;
  for (let count = 0; count < 1_000 && client.state === 'open'; count++) client.send(READ.repeat(100));
  assert.equal(client.state, 'reset');
  assert.ok(client.backlogBytes <= 65_536 + 260, `${client.backlogBytes}`);
  assert.equal(rig.status['unread'], 1);
});

test('a client that has not read its answers is not waited for when the host closes', async () => {
  const rig = await open();
  const [deaf, other] = [rig.connect(), rig.connect()];
  deaf.isDeaf = true;
  deaf.send(READ);
  await rig.driver.close();
  assert.deepEqual([deaf.state, other.state], ['reset', 'ended']);
});

test('leaves no timer of a client that is gone', async () => {
  const rig = await open({ requestsPerSecond: 10 });
  const client = rig.connect();
  client.send(READ.repeat(20) + READ.slice(0, 6));
  assert.ok(rig.clock.pending > 0);
  client.events?.closed();
  assert.equal(rig.clock.pending, 0);
});

test.run();
