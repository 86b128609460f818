import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { ServerBench } from './server-bench.ts';

const test = suite('modbus server and clients that misbehave', { timeoutMs: 60_000 });
const READ = Buffer.from('000100000006010300000001', 'hex');
const ANSWER = '00010000000501030203e8';

/** A connection that is open, or has been ended at once. */
function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('connect', () => resolve(socket));
    socket.on('close', () => resolve(socket));
  });
}

/** The answer to one read, from a client that behaves. */
async function goodRead(port: number): Promise<string> {
  const socket = await dial(port);
  const answer = once(socket, 'data');
  socket.write(READ);
  const [bytes] = (await answer) as [Buffer];
  socket.destroy();
  return bytes.toString('hex');
}

const isGone = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.on('close', () => resolve());
  });

const withBench =
  (changes: Parameters<typeof ServerBench.open>[0], body: (bench: ServerBench) => Promise<void>) => async () => {
    const bench = await ServerBench.open(changes);
    try {
      await body(bench);
      assert.equal(await goodRead(bench.port), ANSWER, 'a client that behaves is served');
    } finally {
      await bench.close();
    }
  };

test(
  'garbage, other protocols and impossible lengths end the connection',
  withBench({}, async ({ port }) => {
    for (const bytes of [
      Buffer.alloc(300, 0xa5),
      Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.from('0001000000ff', 'hex'),
      Buffer.from('000100000000', 'hex'),
      Buffer.from('16030100c8010000c40303', 'hex'),
    ]) {
      const socket = await dial(port);
      socket.resume();
      socket.write(bytes);
      await isGone(socket);
    }
  }),
);

test(
  'half a frame and silence ends after idleMs, without the others noticing',
  withBench({ idleMs: 200 }, async ({ port, driver }) => {
    const socket = await dial(port);
    socket.resume();
    socket.write(READ.subarray(0, 7));
    await isGone(socket);
    await until('the server to forget it', () => (driver.status()['scada'] as { clients: number }).clients === 0);
  }),
);

test(
  'more clients than may connect are sent away, and room is there again when one leaves',
  withBench({ maxClients: 3 }, async (bench) => {
    const sockets = [];
    for (let count = 0; count < 3; count++) sockets.push(await dial(bench.port));
    await until('three clients', () => bench.status['clients'] === 3);
    for (let count = 0; count < 20; count++) {
      const socket = await dial(bench.port);
      socket.resume();
      await isGone(socket);
    }
    assert.equal(bench.status['full'], 20);
    for (const socket of sockets) socket.destroy();
    await until('no client', () => bench.status['clients'] === 0);
  }),
);

test(
  'a client that asks without reading is disconnected, and costs no memory',
  withBench({}, async (bench) => {
    const socket = await dial(bench.port);
    socket.pause();
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from('00010000000601040000000a', 'hex')));
    const before = process.memoryUsage().arrayBuffers;
    while (!socket.destroyed && bench.status['unread'] === 0) {
      if (!socket.write(many)) await Promise.race([once(socket, 'drain'), isGone(socket)]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(bench.status['unread'], 1);
    assert.ok(process.memoryUsage().arrayBuffers - before < 32_000_000);
    socket.destroy();
  }),
);

test(
  'a client that floods is slowed down and gets every answer, while another is served',
  withBench({ requestsPerSecond: 500 }, async (bench) => {
    const socket = await dial(bench.port);
    let bytes = 0;
    socket.on('data', (data) => {
      bytes += data.length;
    });
    for (let count = 0; count < 15; count++) socket.write(Buffer.concat(Array.from({ length: 100 }, () => READ)));
    assert.equal(await goodRead(bench.port), ANSWER);
    await until('every answer', () => bytes === 1_500 * (ANSWER.length / 2));
    assert.ok((bench.status['throttled'] as number) >= 1);
    socket.destroy();
  }),
);

test.run();
