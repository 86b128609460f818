import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { assert, suite } from '../../lib/suite.ts';
import { startDemo as start, WITHOUT_PROGRAMS } from './demo-process.ts';

const test = suite('demo with a stand-in for the host', { timeoutMs: 40_000 });
const PROGRAM = 'test/system/pump-demo/run-with-stand-in.ts';
const QUICK = ['--fault-after', '1'];

/** The stand-in knows no Bluetooth, so there is no sensor here. */
const startDemo: typeof start = (program, args, environment = {}) =>
  start(program, args, { ...WITHOUT_PROGRAMS, ...environment });

test('--json ends by itself: the last line is the outcome, the exit code is 1 when nothing was stopped', async () => {
  const { code, stdout } = await startDemo(PROGRAM, ['--json', '--seconds', '2', '--fault', 'none']).ended;
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  assert.deepEqual([code, summary.pumpStopped, summary.reactionMs], [1, false, null]);
});

test('the outcome says what arrived, and the exit code is 0 when the simulator saw its coil', async () => {
  const demo = startDemo(PROGRAM, ['--json', '--seconds', '60', ...QUICK]);
  await demo.says('stands still');
  await demo.says(/[1-9]\d* aggregates, 1 alarms/);
  demo.signal('SIGINT');
  const { code, stdout } = await demo.ended;
  const lines = stdout.trimEnd().split('\n');
  const summary = JSON.parse(lines.at(-1)!);
  assert.equal(code, 0);
  assert.ok(summary.telemetryPublished > 30, `${summary.telemetryPublished}`);
  assert.ok(summary.aggregatesPublished >= 1);
  assert.equal(summary.alarmsPublished, 1);
  assert.equal(summary.pumpStopped, true);
  assert.ok(summary.reactionMs > 0 && summary.reactionMs < 2000, `${summary.reactionMs}`);
  assert.ok(summary.hostRssMb > 10);
  assert.deepEqual(
    summary.modules.map((module: { id: string }) => module.id),
    ['translate', 'stats', 'guard', 'alarm'],
  );
});

test("without the guard's grant the pump goes on, and the exit code is 1", async () => {
  const demo = startDemo(PROGRAM, ['--json', '--seconds', '40', '--keep-faulty', ...QUICK]);
  await demo.says('denied what guard asked for');
  await demo.says('does not grant it');
  demo.signal('SIGINT');
  const { code, stdout, stderr } = await demo.ended;
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  assert.equal(code, 1);
  assert.deepEqual([summary.pumpStopped, summary.reactionMs], [false, null]);
  assert.match(stderr, /host: denied what guard asked for/);
  assert.match(stderr, /The pump goes on\. .*does not grant it/);
});

test('without a terminal progress is printed line by line, and a signal ends it in order with exit code 0', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const demo = startDemo(PROGRAM, ['--fault', 'none']);
    await demo.says('the first telemetry arrived');
    demo.signal(signal);
    const { code, stdout, stderr } = await demo.ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ +\d+\.\d s {2}pump: runs, and answers Modbus on port \d+$/m);
    assert.match(stdout, /The pump was not stopped\.\nUpstream arrived \d+ telemetry/);
    assert.match(stdout, /^ +\d+\.\d s {2}sensor: no Bluetooth sensor: it needs socat \(sudo apt install socat\)$/m);
    assert.match(stdout, /^No Bluetooth sensor: it needs socat \(sudo apt install socat\)\.$/m);
    assert.ok(!stdout.includes('\x1b'), 'no escape sequences');
    assert.equal(stderr, '');
  }
});

test('a host that breaks ends the demonstration with its last words', async () => {
  const run = startDemo(PROGRAM, ['--json', '--seconds', '20'], { GATEHOUSE_STAND_IN: 'crash' });
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /the host ended unexpectedly:\n {2}the stand-in breaks as asked\n {2}\(ended with exit code 3\)/,
  );
  assert.equal(stdout, '');
});

test('--help is shown without starting anything, a wrong option is a sentence', async () => {
  const help = await startDemo('tools/src/demo/main.ts', ['--help']).ended;
  assert.deepEqual([help.code, help.stderr], [0, '']);
  assert.match(help.stdout, /npm start -- --seconds 30 --json/);
  const wrong = await startDemo('tools/src/demo/main.ts', ['--fault', 'rust']).ended;
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^gatehouse: --fault: expected one of .*\nTry npm start -- --help\.\n$/);
});

test('a broker port in use is a sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { code, stderr } = await startDemo(PROGRAM, ['--port', `${(taken.address() as AddressInfo).port}`]).ended;
  taken.close();
  assert.equal(code, 1);
  assert.match(stderr, /^gatehouse: the MQTT broker cannot listen on port \d+: .*EADDRINUSE.*\n$/);
});

test.run();
