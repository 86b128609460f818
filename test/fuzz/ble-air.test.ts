import fc from 'fast-check';
import { AirError } from '../../tools/simulators/ble/air-error.ts';
import { COMMANDS } from '../../tools/simulators/ble/command-table.ts';
import { decodeControlMessage } from '../../tools/simulators/ble/control-message.ts';
import { LANE_FRAGMENTS_MAX } from '../../tools/simulators/ble/lane.ts';
import { LINKS_MAX } from '../../tools/simulators/ble/link.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { connectPair, type Host, openRig } from '../unit/tools/simulators/ble/air-rig.ts';

const test = suite('virtual Bluetooth air, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });
const OPTIONS = { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS };
const HOSTS = 4;

const index = fc.nat(HOSTS - 1);
const byte = fc.nat(255);
/** Commands with parameters of the right length, most of them senseless. */
const command = fc.constantFrom(...COMMANDS).chain(([opcode, { parameterBytes }]) =>
  fc.record({
    kind: fc.constant('command' as const),
    opcode: fc.constant(opcode),
    parameters: fc.array(fc.oneof(fc.constant(0), fc.constant(1), byte), {
      minLength: parameterBytes,
      maxLength: parameterBytes,
    }),
  }),
);
const step = fc.record({
  host: index,
  peer: index,
  what: fc.oneof(
    command,
    fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 600 }) }),
    fc.record({
      kind: fc.constant('acl' as const),
      link: fc.nat(3),
      flags: byte,
      data: fc.uint8Array({ maxLength: 251 }),
    }),
    fc.record({ kind: fc.constant('connect' as const) }),
    fc.record({ kind: fc.constant('advertise' as const) }),
    fc.record({ kind: fc.constantFrom('silence', 'resume', 'drop', 'detach', 'attach', 'slow', 'fast') }),
    fc.record({ kind: fc.constant('time' as const), ms: fc.nat(3_000) }),
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Rig = ReturnType<typeof openRig>;

function perform({ air, clock, hosts }: Rig, { host: at, peer, what }: Step): void {
  const host = hosts[at]!;
  switch (what.kind) {
    case 'command':
      host.command(what.opcode, ...what.parameters);
      return;
    case 'bytes':
      host.controller.receive(Buffer.from(what.bytes));
      return;
    case 'acl': {
      const handle = [...host.controller.links.keys()][what.link] ?? 0x40;
      host.acl(handle, Buffer.from(what.data), what.flags & 1, (what.flags & 0xf0) === 0 ? 1 : 0);
      return;
    }
    case 'connect':
      host.connect(hosts[peer]!);
      return;
    case 'advertise':
      host.advertise();
      return;
    case 'time':
      clock.advance(what.ms);
      return;
    case 'silence':
      air.silence(at);
      return;
    case 'resume':
      air.resume(at);
      return;
    case 'drop':
      air.drop(at);
      return;
    case 'detach':
      host.controller.detach();
      return;
    case 'attach':
      host.attach();
      return;
    default:
      host.backlogBytes = what.kind === 'slow' ? 2_000_000 : 0;
  }
}

function assertBounds({ hosts }: Rig): void {
  for (const { controller } of hosts) {
    assert.ok(controller.links.size <= LINKS_MAX);
    for (const [handle, end] of controller.links) {
      assert.equal(end.handle, handle);
      assert.equal(end.controller, controller);
      assert.ok(end.link.laneFrom(end).queued <= LANE_FRAGMENTS_MAX);
    }
  }
}

test('whatever hosts send, the air gives them only whole packets, keeps little, and still works for others', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rig = openRig(HOSTS + 2);
      for (const each of steps) {
        perform(rig, each);
        assertBounds(rig);
        for (const host of rig.hosts) host.seen(); // throws at anything that is no packet
      }
      const [central, peripheral] = rig.hosts.slice(HOSTS) as [Host, Host];
      const [, there] = connectPair(central, peripheral);
      peripheral.att(there, 0x1b, 1, 2);
      assert.equal(central.acls().length, 1);
      rig.air.close();
      rig.clock.advance(40_000); // the longest supervision timeout
      assert.equal(rig.clock.pending, 0, 'no timer is left');
    }),
    OPTIONS,
  );
});

test('a control line of any bytes is a message or a coded error', () => {
  const kind = fc.constantFrom(
    'drop',
    'silence',
    'resume',
    'rssi',
    'delay',
    'corrupt',
    'unplug',
    'plug',
    'status',
    'x',
  );
  const fields = fc.dictionary(
    fc.constantFrom('controller', 'peer', 'dbm', 'ms', 'how', 'at', 'packets'),
    fc.jsonValue(),
  );
  const messages = fc.tuple(kind, fields).map(([name, rest]) => Buffer.from(JSON.stringify({ kind: name, ...rest })));
  const anything = fc.uint8Array({ maxLength: 1_100 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(messages, anything), (line) => {
      try {
        assert.deepEqual(decodeControlMessage(line), JSON.parse(line.toString()));
      } catch (error) {
        if (!(error instanceof AirError)) throw error;
      }
    }),
    OPTIONS,
  );
});

test.run();
