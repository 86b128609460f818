import { Connection } from '../../../../host/src/uplink/connection.ts';
import { ProtocolChoice } from '../../../../host/src/uplink/protocol-choice.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { FakeHub } from './fake-hub.ts';
import { uplinkConfig } from './uplink-config.ts';
import { VirtualEnvironment } from './virtual-environment.ts';

const test = suite('uplink connection');

interface Rig {
  readonly hub: FakeHub;
  readonly environment: VirtualEnvironment;
  readonly connection: Connection;
  /** States and error codes, in order. */
  readonly log: string[];
  /** Whether messages could be sent each time it was opened. */
  readonly greetings: boolean[];
}

function rig(options: { config?: Parameters<typeof uplinkConfig>[0]; hub?: FakeHub } = {}): Rig {
  const config = uplinkConfig({ connections: 'per-identity', ...options.config });
  const hub = options.hub ?? new FakeHub();
  const environment = new VirtualEnvironment();
  const log: string[] = [];
  const greetings: boolean[] = [];
  const connection = new Connection({
    identity: { deviceId: 'pump-7', moduleId: 'guard' },
    config,
    environment,
    protocol: new ProtocolChoice(config.connections === 'auto'),
    openSession: hub.openSession,
    listener: {
      opened: ({ greeting }) => {
        log.push('opened');
        greetings.push(greeting !== undefined);
      },
      lost: () => log.push('lost'),
      stateChanged: (_, state, error) => log.push(error === undefined ? state : `${state} ${error.code}`),
    },
  });
  return { hub, environment, connection, log, greetings };
}

test('says who it is by client id and stays connected', async () => {
  const { hub, environment, connection, log } = rig();
  connection.start();
  await environment.pass(3_600_000);
  assert.deepEqual(hub.requests, [{ clientId: 'pump-7/guard', version: 4, keepAliveSeconds: 60 }]);
  assert.deepEqual(log, ['connected', 'opened']);
});

test('tries again for ever, after delays that double to a minute, and reports an absent hub once', async () => {
  const { hub, environment, connection, log } = rig();
  const attempts: number[] = [];
  hub.answer = () => {
    attempts.push(environment.now());
    return FakeHub.failure('ECONNREFUSED', 'tcp');
  };
  connection.start();
  await environment.pass(150_000);
  const delays = attempts.slice(1).map((at, index) => at - attempts[index]!);
  assert.deepEqual(delays.slice(0, 8), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.deepEqual(log, ['disconnected UPLINK_UNREACHABLE']);
  assert.match(
    connection.status().reason!,
    /pump-7\/guard cannot connect to mqtt:\/\/hub:1883: failed with ECONNREFUSED/,
  );
});

test('reports again when it fails for another reason, and when it is back', async () => {
  const { hub, environment, connection, log } = rig();
  const answers = [
    FakeHub.failure('ECONNREFUSED', 'tcp'),
    FakeHub.failure('CERT_HAS_EXPIRED', 'tls'),
    FakeHub.failure(4),
    FakeHub.failure(5),
    FakeHub.greeting(),
  ];
  hub.answer = () => answers.shift()!;
  connection.start();
  await environment.pass(60_000);
  assert.deepEqual(log, [
    'disconnected UPLINK_UNREACHABLE',
    'disconnected UPLINK_TLS',
    'disconnected UPLINK_REFUSED',
    'connected',
    'opened',
  ]);
  assert.equal(connection.status().code, undefined);
});

test('starts with short delays again only after it has held for a while', async () => {
  const { hub, environment, connection } = rig();
  const attempts: number[] = [];
  hub.answer = () => {
    attempts.push(environment.now());
    return FakeHub.greeting();
  };
  connection.start();
  for (let times = 0; times < 3; times++) {
    await environment.pass(0);
    hub.open[0]!.drop();
    await environment.pass(60_000);
  }
  const [first, second, third] = attempts.slice(1).map((at, index) => at - 60_000 * index);
  assert.deepEqual([first, second, third], [500, 500, 500]);
  attempts.length = 0;
  for (let times = 0; times < 3; times++) {
    const before = environment.now();
    hub.open[0]!.drop();
    await environment.pass(2_000);
    attempts.push(attempts.pop()! - before);
  }
  assert.deepEqual(attempts, [500, 1_000, 2_000]);
});

test('gives up an attempt that the hub does not answer, and keeps trying', async () => {
  const { hub, environment, connection, log } = rig();
  hub.answer = () => 'silence';
  connection.start();
  await environment.pass(14_999);
  assert.deepEqual(log, []);
  await environment.pass(1);
  assert.deepEqual(log, ['disconnected UPLINK_UNREACHABLE']);
  assert.match(connection.status().reason!, /no answer within 15000 ms/);
  await environment.pass(500);
  assert.equal(hub.requests.length, 2);
});

test('gives up a connection over which no acknowledgement comes', async () => {
  const { hub, environment, connection, log } = rig();
  hub.acknowledge = undefined;
  connection.start();
  await environment.pass(0);
  connection.publish('t', Buffer.from('1'), () => assert.fail('nothing was acknowledged'));
  connection.publish('t', Buffer.from('2'), () => {});
  assert.equal(connection.inFlight, 2);
  await environment.pass(30_000);
  assert.deepEqual(log, ['connected', 'opened', 'lost', 'disconnected UPLINK_UNREACHABLE']);
  assert.match(connection.status().reason!, /no acknowledgement within 30000 ms/);
  assert.equal(connection.inFlight, 0);
});

test('counts the deadline of acknowledgements from the last one', async () => {
  const { hub, environment, connection, log } = rig();
  hub.acknowledge = undefined;
  connection.start();
  await environment.pass(0);
  connection.publish('t', Buffer.from('1'), () => {});
  connection.publish('t', Buffer.from('2'), () => {});
  await environment.pass(29_000);
  hub.open[0]!.waiting[0]!({ kind: 'accepted' });
  await environment.pass(29_000);
  hub.open[0]!.waiting[1]!({ kind: 'accepted' });
  await environment.pass(60_000);
  assert.deepEqual(log, ['connected', 'opened']);
});

test('ends a connection whose hub is too busy for a message', async () => {
  const { hub, environment, connection, log } = rig();
  hub.acknowledge = () => ({ kind: 'busy', reason: 'quota exceeded' });
  connection.start();
  await environment.pass(0);
  connection.publish('t', Buffer.from('1'), () => {});
  await environment.pass(0);
  assert.deepEqual(log, ['connected', 'opened', 'lost', 'disconnected UPLINK_UNREACHABLE']);
});

test('ignores an acknowledgement that comes after the connection is lost', async () => {
  const { hub, environment, connection } = rig();
  hub.acknowledge = undefined;
  connection.start();
  await environment.pass(0);
  connection.publish('t', Buffer.from('1'), () => assert.fail('too late'));
  const [late] = hub.open[0]!.waiting;
  hub.open[0]!.drop();
  await environment.pass(500);
  late!({ kind: 'accepted' });
  assert.equal(connection.inFlight, 0);
});

const SAS = { authentication: { type: 'sas', key: 'AAAA' }, hostName: 'hub' } as const;

test('renews before its token ends, after the last acknowledgement, and without a report', async () => {
  const { hub, environment, connection, log } = rig({ config: SAS });
  environment.nextRandom = 0;
  hub.acknowledge = undefined;
  connection.start();
  await environment.pass(2_700_000 - 1);
  connection.publish('t', Buffer.from('1'), () => {});
  await environment.pass(1);
  assert.equal(connection.greeting, undefined);
  assert.equal(hub.open.length, 1);
  hub.open[0]!.waiting[0]!({ kind: 'accepted' });
  await environment.pass(0);
  assert.deepEqual(log, ['connected', 'opened', 'lost', 'opened']);
  const expiries = hub.requests.map(({ password }) => /&se=(\d+)$/.exec(password!)![1]);
  assert.deepEqual(expiries, ['3600', '6300']);
  assert.equal(hub.sessions[0]!.isEnded, true);
  assert.equal(hub.mostSessionsOfOneClient, 1);
});

test('makes no token before the time is known, says so once, and goes on by itself', async () => {
  const { hub, environment, connection, log } = rig({ config: SAS });
  environment.isKnown = false;
  connection.start();
  await environment.pass(10_000);
  assert.equal(hub.requests.length, 0);
  assert.deepEqual(log, ['disconnected TIME_UNKNOWN']);
  assert.equal(connection.status().code, 'TIME_UNKNOWN');
  environment.isKnown = true;
  await environment.pass(1_000);
  assert.deepEqual(log, ['disconnected TIME_UNKNOWN', 'connected', 'opened']);
  assert.match(hub.requests[0]!.password!, /^SharedAccessSignature sr=hub%2Fdevices%2Fpump-7%2Fmodules%2Fguard&/);
  assert.equal(hub.requests[0]!.username, 'hub/pump-7/guard/?api-version=2021-04-12');
});

const expiries = (hub: FakeHub) => hub.requests.map(({ password }) => Number(/&se=(\d+)$/.exec(password!)![1]));
const YEAR_S = 365 * 86_400;

for (const [title, setToS] of [
  ['forward', YEAR_S],
  ['back', -1_800],
] as const) {
  test(`renews a token whose life was computed before the clock was set ${title}, and nothing else waits for it`, async () => {
    const { hub, environment, connection, log } = rig({ config: SAS });
    environment.nextRandom = 0;
    connection.start();
    await environment.pass(60_000);
    environment.setClock((60 + setToS) * 1_000);
    await environment.pass(0);
    assert.deepEqual(expiries(hub), [3_600, 3_660 + setToS]);
    assert.deepEqual(log, ['connected', 'opened', 'lost', 'opened']);
    await environment.pass(2_700_000 - 1);
    assert.equal(hub.requests.length, 2, 'the next renewal comes when it would have come');
    await environment.pass(1);
    assert.equal(hub.requests.length, 3);
  });
}

test('renews a token that was made before the clock was set while the connection was being opened', async () => {
  const { hub, environment, connection } = rig({ config: SAS });
  hub.answer = () => {
    if (hub.requests.length === 1) environment.setClock(YEAR_S * 1_000);
    return FakeHub.greeting();
  };
  connection.start();
  await environment.pass(0);
  assert.deepEqual(expiries(hub), [3_600, YEAR_S + 3_600]);
});

test('sends nothing over a connection whose certificate was judged before the clock was set', async () => {
  const { hub, environment, connection, greetings } = rig();
  environment.isKnown = false;
  hub.answer = () => {
    if (hub.requests.length === 1) environment.setClock(YEAR_S * 1_000);
    return FakeHub.greeting();
  };
  connection.start();
  await environment.pass(0);
  assert.equal(hub.requests.length, 2);
  assert.deepEqual(greetings, [false, true]);
});

test('keeps an open connection while the time is not known, and renews it as soon as it is', async () => {
  const { hub, environment, connection, log } = rig({ config: SAS });
  connection.start();
  await environment.pass(0);
  environment.setClock(0, false);
  await environment.pass(4_000_000);
  assert.equal(hub.open.length, 1);
  assert.deepEqual(log, ['connected', 'opened']);
  environment.setClock(YEAR_S * 1_000);
  await environment.pass(0);
  assert.deepEqual(expiries(hub), [3_600, YEAR_S + 3_600]);
});

test('opens a connection anew, when the time is known, whose certificate was judged without its dates', async () => {
  const { hub, environment, connection, log } = rig();
  environment.isKnown = false;
  connection.start();
  await environment.pass(60_000);
  assert.deepEqual(log, ['connected', 'opened']);
  environment.setClock(YEAR_S * 1_000);
  await environment.pass(0);
  assert.deepEqual(log, ['connected', 'opened', 'lost', 'opened']);
  environment.setClock(0);
  await environment.pass(0);
  assert.equal(hub.requests.length, 2, 'one that was opened with a good clock and without a token stays');
});

test('tries MQTT 5, then 3.1.1 at once where the hub does not know 5, and keeps to that', async () => {
  const { hub, environment, connection, log } = rig({ config: { connections: 'auto' } });
  hub.answer = ({ version }) => (version === 5 ? FakeHub.failure(1) : FakeHub.greeting());
  connection.start();
  await environment.pass(0);
  hub.open[0]!.drop();
  await environment.pass(500);
  assert.deepEqual(
    hub.requests.map(({ version }) => version),
    [5, 4, 4],
  );
  assert.deepEqual(log, ['connected', 'opened', 'lost', 'disconnected UPLINK_UNREACHABLE', 'connected', 'opened']);
});

test('keeps to MQTT 5 once it was accepted, also when the hub then closes without a word', async () => {
  const { hub, environment, connection } = rig({ config: { connections: 'auto' } });
  connection.start();
  await environment.pass(0);
  hub.answer = () => FakeHub.failure('ECONNRESET');
  hub.open[0]!.drop();
  await environment.pass(5_000);
  assert.ok(hub.requests.length > 2);
  assert.ok(hub.requests.every(({ version }) => version === 5));
});

test('keeps to MQTT 5 when the hub refuses the credentials, and when it cannot be reached', async () => {
  const { hub, environment, connection } = rig({ config: { connections: 'auto' } });
  const answers = [FakeHub.failure(135), FakeHub.failure('ECONNREFUSED', 'tcp'), FakeHub.greeting()];
  hub.answer = () => answers.shift()!;
  connection.start();
  await environment.pass(10_000);
  assert.deepEqual(
    hub.requests.map(({ version }) => version),
    [5, 5, 5],
  );
});

for (const [moment, answer] of [
  ['while connected', FakeHub.greeting()],
  ['during an attempt', 'silence'],
  ['between attempts', FakeHub.failure('ECONNREFUSED', 'tcp')],
] as const) {
  test(`closes at once ${moment}, and leaves no timer behind`, async () => {
    const { hub, environment, connection, log } = rig();
    hub.answer = () => answer;
    connection.start();
    await environment.pass(0);
    await connection.close();
    await connection.close();
    assert.equal(log.at(-1), 'closed');
    assert.equal(log.filter((entry) => entry === 'closed').length, 1);
    assert.equal(environment.pending, 0);
    assert.equal(hub.open.length, 0);
  });
}

test.run();
