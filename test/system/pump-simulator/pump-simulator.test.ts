import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { PumpProcess } from './pump-process.ts';

const test = suite('pump simulator', { timeoutMs: 30_000 });
const needsMbpoll = { needs: [TOOLS.mbpoll] };
const TABLES = { coil: '0', discrete: '1', input: '3', holding: '4' };

/** One request by mbpoll; its answer as numbers by address, or what it complained about. */
async function mbpoll(
  port: unknown,
  table: keyof typeof TABLES,
  address: number,
  options: { count?: number; write?: readonly number[]; format?: string; unit?: number },
): Promise<{ values: number[]; complaint: string }> {
  const { count = 1, write = [], format = '', unit = 1 } = options;
  const common = ['-m', 'tcp', '-p', `${port}`, '-a', `${unit}`, '-0', '-1', '-o', '0.5', '-r', `${address}`];
  const reading = write.length === 0 ? ['-c', `${count}`] : [];
  const args = [...common, '-t', TABLES[table] + format, ...reading, '127.0.0.1', ...write.map(String)];
  const { stdout, stderr } = await promisify(execFile)('mbpoll', args).catch(
    (error) => error as { stdout: string; stderr: string },
  );
  const values = [...stdout.matchAll(/^\[\d+\]:\s+(-?[\d.]+)/gm)].map((match) => Number(match[1]));
  return { values, complaint: stderr };
}

async function withPump(
  args: readonly string[],
  body: (pump: PumpProcess, port: unknown) => Promise<void>,
): Promise<void> {
  const pump = PumpProcess.start(args);
  try {
    await body(pump, (await pump.line('started'))['port']);
  } finally {
    await pump.end();
  }
}

test(
  'mbpoll reads a healthy pump: counts, both floats in their word order, coils and states',
  () =>
    withPump([], async (_pump, port) => {
      const counts = (await mbpoll(port, 'input', 0, { count: 8 })).values;
      assert.ok(counts[0]! > 6600 && counts[0]! < 7700, `discharge pressure ${counts[0]}`);
      assert.ok(counts[2]! > 1150 && counts[2]! < 1550, `intake pressure ${counts[2]}`);
      assert.equal(counts[4], 1500);
      assert.equal(counts[7], 1);
      const [flow] = (await mbpoll(port, 'input', 8, { format: ':float', count: 1 })).values;
      const swapped = (
        await promisify(execFile)('mbpoll', [
          '-m',
          'tcp',
          '-p',
          `${port}`,
          '-0',
          '-1',
          '-B',
          '-t',
          '3:float',
          '-r',
          '8',
          '127.0.0.1',
        ])
      ).stdout;
      const flows = [flow!, Number(/^\[8\]:\s+(\S+)/m.exec(swapped)?.[1])];
      assert.equal(
        flows.filter((value) => value > 15 && value < 40).length,
        1,
        `one word order makes sense of ${flows}`,
      );
      assert.deepEqual((await mbpoll(port, 'coil', 0, { count: 2 })).values, [1, 0]);
      assert.deepEqual((await mbpoll(port, 'discrete', 0, { count: 3 })).values, [1, 0, 0]);
    }),
  needsMbpoll,
);

test(
  'mbpoll stops the pump by coil 1, and sees it standing',
  () =>
    withPump(['--fault', 'gas-lock', '--fault-after', '0'], async (pump, port) => {
      await pump.line('limit-crossed');
      await mbpoll(port, 'coil', 1, { write: [1] });
      const written = await pump.line('coil-written');
      assert.deepEqual([written['address'], written['value']], [1, 1]);
      assert.ok((written['sinceLimitMs'] as number) > 0);
      const stopped = await pump.line('stopped');
      assert.ok((stopped['afterMs'] as number) < 1500);
      assert.deepEqual((await mbpoll(port, 'coil', 0, { count: 2 })).values, [0, 1]);
      assert.equal((await mbpoll(port, 'input', 4, {})).values[0], 0);
      assert.match((await mbpoll(port, 'coil', 0, { write: [1] })).complaint, /failed/i);
    }),
  needsMbpoll,
);

test(
  'mbpoll writes a setpoint, and is refused outside of range and map',
  () =>
    withPump([], async (pump, port) => {
      await mbpoll(port, 'holding', 0, { write: [1200] });
      await pump.line('register-written', (line) => line['value'] === 1200);
      await mbpoll(port, 'holding', 1, { write: [6500, 1800] });
      assert.deepEqual((await mbpoll(port, 'holding', 0, { count: 4 })).values, [1200, 6500, 1800, 350]);
      assert.match((await mbpoll(port, 'holding', 0, { write: [100] })).complaint, /Illegal data value/);
      assert.match((await mbpoll(port, 'input', 13, { count: 2 })).complaint, /Illegal data address/);
      assert.match((await mbpoll(port, 'discrete', 5, {})).complaint, /Illegal data address/);
    }),
  needsMbpoll,
);

test(
  'during comms loss connections stay open and nothing is answered',
  () =>
    withPump(['--fault', 'comms-loss', '--fault-after', '0', '--fault-for', '3'], async (pump, port) => {
      await pump.line('fault');
      assert.match((await mbpoll(port, 'input', 0, {})).complaint, /timed out/);
      await mbpoll(port, 'coil', 1, { write: [1] });
      await pump.line('fault', (line) => line['active'] === false);
      assert.deepEqual((await mbpoll(port, 'coil', 1, {})).values, [0], 'what came during the loss is lost');
    }),
  needsMbpoll,
);

test('survives garbage and connections that are reset', () =>
  withPump([], async (pump, port) => {
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(Buffer.alloc(40, i * 13));
      socket.resetAndDestroy();
    }
    const socket = connect(Number(port), '127.0.0.1');
    const request = Buffer.from('000100000006010400000001', 'hex');
    const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.write(request);
    assert.equal((await answered).subarray(0, 9).toString('hex'), '000100000005010402');
    socket.destroy();
    assert.equal(pump.stderr, '');
  }));

test('ends at SIGTERM, at SIGINT and with its standard input, each with a summary and exit code 0', async () => {
  for (const how of ['SIGTERM', 'SIGINT', 'end-stdin'] as const) {
    const pump = PumpProcess.start([]);
    await pump.line('started');
    assert.equal(await pump.end(how), 0, how);
    const summary = await pump.line('summary');
    assert.deepEqual([summary['running'], summary['stopLatched'], summary['events']], [true, false, {}]);
  }
});

test('a port in use and a wrong option are sentences and exit codes, not stack traces', () =>
  withPump([], async (_pump, port) => {
    const second = PumpProcess.start(['--port', `${port}`]);
    assert.equal(await second.exit(), 1);
    assert.match(second.stderr, /^pump: .*EADDRINUSE.*\n$/);
    const wrong = PumpProcess.start(['--fault', 'fire']);
    assert.equal(await wrong.exit(), 2);
    assert.match(wrong.stderr, /^pump: --fault: expected one of .*\nTry --help\.\n$/);
  }));

test.run();
