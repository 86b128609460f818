import { createServer } from 'node:net';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import {
  answerFrame,
  behaveWell,
  type EvilServer,
  goodAnswer,
  type Misdeed,
  startEvilServer,
} from '../../peers/evil-modbus-server.ts';
import { objectsPdu } from '../../peers/good-pdu.ts';
import { mbpollRead, startLibmodbus, startPymodbus } from '../../peers/modbus-servers.ts';
import { GatehouseProcess } from './gatehouse-process.ts';

const test = suite('gatehouse modbus over TCP', { timeoutMs: 60_000 });
const PEERS = { needs: [TOOLS.pymodbus, TOOLS.cc, TOOLS.libmodbus, TOOLS.mbpoll, TOOLS.socat] };

const modbus = (...args: readonly string[]) => GatehouseProcess.run('modbus', ...args);
const at = ({ port }: { port: number }): string[] => ['--tcp', `127.0.0.1:${port}`];

/** Refuses with an exception. */
const refuse =
  (exception: number): Misdeed =>
  (socket, request) =>
    socket.write(answerFrame(request.transaction, request.unitId, Uint8Array.of(request.function | 0x80, exception)));

async function withServer(misdeed: Misdeed, work: (server: EvilServer) => Promise<void>): Promise<void> {
  const server = await startEvilServer(misdeed);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

test(
  'scan finds the units of pymodbus among those that are silent, what they are, and what can be read of each',
  async () => {
    const peer = await startPymodbus([2, 5]);
    try {
      const scan = [
        'scan',
        ...at(peer),
        '--units',
        '1-6',
        '--timeout',
        '300',
        '--identify',
        '--registers',
        'holding:150-300',
        '--json',
      ];
      const { code, stdout, stderr } = await modbus(...scan);
      assert.equal(code, 0, stderr);
      const found = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const identification = { vendor: 'Gatehouse tests', product: 'PYMODBUS', revision: '3.0' };
      assert.deepEqual(found, [
        { unit: 2, answer: 'value', value: 2000, identification, readable: ['holding:150-199'], silent: [] },
        { unit: 5, answer: 'value', value: 5000, identification, readable: ['holding:150-199'], silent: [] },
      ]);
      assert.match(stderr, /2 of 6 unit ids answer/);
    } finally {
      await peer.stop();
    }
  },
  PEERS,
);

test(
  'on a terminal write asks, and writes only what was answered with yes; mbpoll reads it back',
  async () => {
    const peer = await startLibmodbus();
    const write = ['modbus', 'write', ...at(peer), 'holding:100', '-7', '--type', 'i16'];
    try {
      const declined = GatehouseProcess.startOnTerminal(write);
      await declined.says('holding:100  100 -> -7');
      await declined.says('[y/N]');
      declined.type('\n');
      await declined.says('nothing was written');
      await declined.ended();
      assert.deepEqual(await mbpollRead(peer.port, 1, 'holding', 100, 1), [100]);
      const wanted = GatehouseProcess.startOnTerminal(write);
      await wanted.says('[y/N]');
      wanted.type('y\n');
      await wanted.says('the device confirmed it');
      await wanted.ended();
      assert.deepEqual(await mbpollRead(peer.port, 1, 'holding', 100, 1), [65_529]);
      const unasked = await modbus(...write.slice(1));
      assert.equal(unasked.code, 2);
      assert.match(unasked.stderr, /--yes/);
    } finally {
      await peer.stop();
    }
  },
  PEERS,
);

test(
  'writes coils and the largest request of libmodbus, and watch marks what another client changes',
  async () => {
    const peer = await startLibmodbus();
    const watch = GatehouseProcess.start(['modbus', 'watch', ...at(peer), 'holding:0-2', '--interval', '20', '--json']);
    try {
      await watch.says('"changed":[]');
      const coils = await modbus('write', ...at(peer), 'coil:10-12', 'on', '0', 'ON', '--yes');
      assert.deepEqual([coils.code, coils.stdout], [0, '  coil:10  0 -> 1\n  coil:11  0 -> 0\n  coil:12  0 -> 1\n']);
      const many = Array.from({ length: 123 }, (_, n) => String(3 * n));
      const largest = await modbus('write', ...at(peer), 'holding:0-122', ...many, '--yes', '--json');
      assert.equal(largest.code, 0, largest.stderr);
      await watch.says('"changed":["holding:1","holding:2"]');
      assert.deepEqual(await mbpollRead(peer.port, 1, 'holding', 120, 3), [360, 363, 366]);
      assert.deepEqual(await mbpollRead(peer.port, 1, 'coil', 10, 3), [1, 0, 1]);
      watch.interrupt();
      assert.equal(await watch.ended(), 0);
      for (const line of watch.stdout.trim().split('\n')) assert.equal(JSON.parse(line).values.length, 3);
    } finally {
      await watch.kill();
      await peer.stop();
    }
  },
  PEERS,
);

test('a write that is sent and not answered is not confirmed, whatever reads back, and is sent once', () =>
  withServer(
    (socket, request, index) => {
      if (request.function <= 4) behaveWell(socket, request, index);
    },
    async (server) => {
      const { code, stdout, stderr } = await modbus(
        'write',
        ...at(server),
        'holding:4',
        '9',
        '--yes',
        '--timeout',
        '200',
      );
      assert.equal(code, 3, stderr);
      assert.equal(stdout, '  holding:4  4 -> 4\n');
      assert.match(stderr, /holding:4 was sent and not confirmed: .* does not answer within 200 ms \(WRITE_UNKNOWN\)/);
      assert.equal(server.requests.filter((request) => request.function === 6).length, 1);
    },
  ));

test('a write that is confirmed and reads otherwise is said, with exit code 3', () =>
  withServer(behaveWell, async (server) => {
    const { code, stderr } = await modbus('write', ...at(server), 'holding:4', '9', '--yes');
    assert.equal(code, 3);
    assert.match(stderr, /confirmed holding:4 = 9, and reads back 4 \(WRITE_UNKNOWN\)/);
  }));

test('a write that the device refuses is not done; one after which nobody knows is unconfirmed', () =>
  withServer(
    (socket, request) => {
      if (request.function <= 4) socket.write(goodAnswer(request));
      else refuse(request.operand)(socket, request, 0);
    },
    async (server) => {
      const refused = await modbus('write', ...at(server), 'holding:4', '3', '--yes');
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /exception 3: it does not take this value.*\(DEVICE_EXCEPTION\)/);
      const unknown = await modbus('write', ...at(server), 'holding:4', '11', '--yes');
      assert.equal(unknown.code, 3);
      assert.match(unknown.stderr, /\(WRITE_UNKNOWN\)/);
    },
  ));

test('nothing is written when the device does not let itself be read before', () =>
  withServer(
    () => undefined,
    async (server) => {
      const { code, stderr } = await modbus('write', ...at(server), 'holding:4', '9', '--yes', '--timeout', '100');
      assert.equal(code, 1);
      assert.match(stderr, /does not answer within 100 ms \(DEVICE_TIMEOUT\)/);
      assert.deepEqual(
        server.requests.map((request) => request.function),
        [3],
      );
    },
  ));

test('Ctrl-C ends a watch at once, also while it waits for an answer', () =>
  withServer(
    () => undefined,
    async (server) => {
      const watch = GatehouseProcess.start(['modbus', 'watch', ...at(server), 'holding:0', '--timeout', '60000']);
      try {
        await until('a request', () => server.requests.length === 1);
        watch.interrupt();
        assert.equal(await watch.ended(), 1);
        assert.equal(watch.stderr, '0 rounds, 0 changes\n');
      } finally {
        await watch.kill();
      }
    },
  ));

test('scan takes refusals for life, but not those of a Modbus gateway whose unit is silent', () =>
  withServer(
    (socket, request) => refuse([0, 11, 2, 10, 1][request.unitId]!)(socket, request, 0),
    async (server) => {
      const { stdout } = await modbus('scan', ...at(server), '--units', '1-4');
      assert.deepEqual(stdout.match(/^unit \d/gm), ['unit 2', 'unit 4']);
      const read = await modbus('read', ...at(server), 'holding:0');
      assert.match(read.stderr, /exception 11: the Modbus gateway before it got no answer from this unit/);
    },
  ));

test('scan shows what units say of themselves; those that refuse, close or stay silent then are shown without, in time', () =>
  withServer(
    (socket, request, index) => {
      const says = (...objects: readonly (readonly [number, string])[]) =>
        socket.write(answerFrame(request.transaction, request.unitId, objectsPdu(1, objects)));
      if (request.function !== 43) behaveWell(socket, request, index);
      else if (request.unitId === 1) refuse(1)(socket, request, index);
      else if (request.unitId === 2) socket.destroy();
      else if (request.unitId === 4) says([0, 'Maker \0\0'], [1, ''], [2, '\x1b[2J\x9b1.0 \xb5']);
      else if (request.unitId === 5) says();
      else if (request.unitId === 6) says([7, 'no object of this level']);
    },
    async (server) => {
      const { code, stdout } = await modbus('scan', ...at(server), '--units', '1-7', '--timeout', '300', '--identify');
      const said = '  vendor "Maker", revision "?[2J?1.0 ?"';
      const units = [1, 2, 3, 4, 5, 6, 7].map((unit) => `unit ${unit}: holding:0 is 0`);
      assert.deepEqual([code, stdout.trimEnd().split('\n')], [0, [...units.slice(0, 4), said, ...units.slice(4)]]);
      const asked = server.requests.length;
      await modbus('scan', ...at(server), '--units', '1-7');
      assert.ok(
        server.requests.slice(asked).every((request) => request.function === 3),
        'without --identify',
      );
    },
  ));

test('scan halves what is refused, lists what stays silent, and ends when the device is gone', () =>
  withServer(
    (socket, request, index) => {
      const last = request.address + request.operand - 1;
      if (request.address >= 1000) return;
      if (request.address <= 300 && last >= 300) refuse(2)(socket, request, index);
      else if (!(request.address <= 500 && last >= 500)) behaveWell(socket, request, index);
    },
    async (server) => {
      const scan = ['scan', ...at(server), '--units', '1', '--timeout', '60'];
      const holes = await modbus(...scan, '--registers', 'holding:0-624', '--json');
      const { readable, silent } = JSON.parse(holes.stdout);
      assert.deepEqual(readable, ['holding:0-299', 'holding:301-499']);
      assert.deepEqual(silent, ['holding:500-624']);
      const gone = await modbus(...scan, '--registers', 'holding:1000-2000');
      assert.equal(gone.code, 1);
      assert.match(gone.stderr, /does not answer within 60 ms/);
    },
  ));

test('says who refuses a connection, and whose name is not known', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const refused = await modbus('read', '--tcp', `127.0.0.1:${port}`, 'holding:0');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /refuses the connection: .*\(DEVICE_UNREACHABLE\)\n {2}- Is Modbus TCP switched on/);
  const unknown = await modbus('read', '--tcp', 'no-such-machine.invalid', 'holding:0');
  assert.match(unknown.stderr, /the name is not known/);
});

test.run();
