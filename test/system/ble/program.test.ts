import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { type Line, LineProcess } from './line-process.ts';

const test = suite('the program of the virtual air', { timeoutMs: 60_000 });
const PROGRAM = 'tools/simulators/ble/main.ts';
const RESET = Buffer.from('01030c00', 'hex');
const RESET_DONE = '040e0401030c00';

async function withAir(
  args: readonly string[],
  body: (air: LineProcess, started: Line, folder: string) => Promise<void>,
) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-air-test-'));
  const air = new LineProcess(PROGRAM, ['--end-with-stdin', '--folder', folder, ...args]);
  try {
    await body(air, await air.line('started'), folder);
  } finally {
    await air.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function dial(path: string): Promise<Socket> {
  const socket = connectSocket(path);
  await once(socket, 'connect');
  return socket;
}

/** Sends lines to a control socket and gives as many answers. */
async function ask(path: string, ...lines: string[]): Promise<Line[]> {
  const socket = await dial(path);
  const answers: Line[] = [];
  createInterface({ input: socket }).on('line', (line) => answers.push(JSON.parse(line) as Line));
  socket.write(lines.map((line) => `${line}\n`).join(''));
  await until('the answers', () => answers.length === lines.length);
  socket.destroy();
  return answers;
}

test('says where everything is, answers control messages on its socket and standard input, and leaves nothing behind', () =>
  withAir(['--controllers', '2', '--no-ttys'], async (air, started, folder) => {
    const names = ['control.sock', 'controller-0.sock', 'controller-1.sock'];
    assert.deepEqual(readdirSync(folder).sort(), names);
    const [status, wrong, refused] = await ask(
      started['control'] as string,
      '{"kind":"status"}',
      '{"kind":"rssi","controller":0,"dbm":99}',
      '{"kind":"drop","controller":5}',
    );
    assert.equal((status!['controllers'] as unknown[]).length, 2);
    assert.deepEqual([wrong!['code'], wrong!['place'], wrong!['got']], ['CONTROL_VALUE', 'dbm', '99']);
    assert.deepEqual([refused!['code'], refused!['place']], ['NO_CONTROLLER', 'controller']);
    air.write('{"kind":"silence","controller":1}\n');
    await until('the answer', () => air.lines.some((line) => line['ok'] === true));
    assert.equal(await air.end('SIGTERM'), 0);
    assert.deepEqual([readdirSync(folder), air.stderr], [[], '']);
  }));

test('an adapter that is out takes no host, and one at a time when it is in', () =>
  withAir(['--controllers', '1', '--no-ttys'], async (_air, started) => {
    const control = started['control'] as string;
    const [{ socket: path }] = started['controllers'] as [{ socket: string }];
    const first = await dial(path);
    first.write(RESET);
    assert.equal(((await once(first, 'data'))[0] as Buffer).toString('hex'), RESET_DONE);
    const second = await dial(path);
    await once(first, 'close');
    const [out, again] = await ask(control, '{"kind":"unplug","controller":0}', '{"kind":"unplug","controller":0}');
    assert.deepEqual([out!['ok'], again!['code']], [true, 'NO_SUCH_STATE']);
    if (!second.destroyed) await once(second, 'close');
    const third = connectSocket(path);
    await once(
      third.on('error', () => {}),
      'close',
    );
    const [back] = await ask(control, '{"kind":"plug","controller":0}');
    assert.equal(back!['ok'], true);
    const fourth = await dial(path);
    fourth.write(RESET);
    assert.equal(((await once(fourth, 'data'))[0] as Buffer).toString('hex'), RESET_DONE);
    fourth.destroy();
  }));

test(
  'makes ttys, which go and come with their adapters',
  () =>
    withAir([], async (_air, started) => {
      const control = started['control'] as string;
      const [{ tty }] = started['controllers'] as [{ tty: string }];
      assert.equal(statSync(tty).isCharacterDevice(), true);
      await ask(control, '{"kind":"unplug","controller":0}');
      assert.equal(existsSync(tty), false);
      await ask(control, '{"kind":"plug","controller":0}');
      assert.equal(statSync(tty).isCharacterDevice(), true);
    }),
  { needs: [TOOLS.socat] },
);

test('garbage on every socket does it no harm', () =>
  withAir(['--controllers', '1', '--no-ttys'], async (air, started) => {
    const [{ socket: path }] = started['controllers'] as [{ socket: string }];
    const host = await dial(path);
    for (let first = 0; first < 256; first++) host.write(Buffer.alloc(301, first));
    // Whatever a packet of the garbage waits for comes first; then the answer to a whole command.
    const seen: Buffer[] = [];
    host.on('data', (chunk) => seen.push(chunk));
    host.write(Buffer.concat([Buffer.alloc(300), RESET]));
    await until('its answer', () => Buffer.concat(seen).toString('hex').endsWith(RESET_DONE));
    const control = await dial(started['control'] as string);
    control.write(Buffer.alloc(100_000, 0xff));
    control.write('\n');
    const [answer] = (await once(control, 'data')) as [Buffer];
    assert.match(answer.toString(), /CONTROL_TOO_LONG/);
    control.destroy();
    host.destroy();
    assert.equal((await ask(started['control'] as string, '{"kind":"status"}'))[0]!['ok'], true);
    assert.equal(air.stderr, '');
  }));

test('a wrong command line, and a folder that cannot be, are sentences and exit codes', async () => {
  const cases: readonly [string[], number, RegExp][] = [
    [
      ['--controllers', '65'],
      2,
      /^air: --controllers: expected a whole number from 1 to 64, got "65"\nTry --help\.\n$/,
    ],
    [['--no-ttys', '--folder', '/dev/null/nowhere'], 1, /^air: .*ENOTDIR.*\n$/],
  ];
  for (const [args, code, complaint] of cases) {
    const air = new LineProcess(PROGRAM, ['--end-with-stdin', ...args]);
    assert.equal(await air.end(), code);
    assert.match(air.stderr, complaint);
  }
});

test.run();
