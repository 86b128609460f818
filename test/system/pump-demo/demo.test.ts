import { assert, suite } from '../../lib/suite.ts';
import { startDemo, WITHOUT_PROGRAMS } from './demo-process.ts';

const test = suite('demo', { timeoutMs: 60_000 });
const PROGRAM = 'tools/src/demo/main.ts';

test('the edge stops the pump when gas gets into it, and telemetry, aggregates and alarms arrive upstream, also without socat', async () => {
  const args = ['--json', '--seconds', '16', '--fault-after', '5'];
  const { code, stdout, stderr } = await startDemo(PROGRAM, args, WITHOUT_PROGRAMS).ended;
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  assert.equal(code, 0, stderr);
  assert.equal(summary.pumpStopped, true);
  assert.ok(summary.reactionMs > 0 && summary.reactionMs < 1000, `reaction ${summary.reactionMs} ms`);
  assert.ok(summary.telemetryPublished > 60, `${summary.telemetryPublished} telemetry messages`);
  assert.ok(summary.aggregatesPublished >= 1);
  assert.ok(summary.alarmsPublished >= 1);
  assert.ok(summary.hostRssMb > 20);
  assert.deepEqual(
    summary.modules.map(({ id, state, restarts }: { id: string; state: string; restarts: number }) => [
      id,
      state,
      restarts,
    ]),
    ['translate', 'stats', 'guard', 'alarm'].map((id) => [id, 'running', 0]),
  );
  assert.deepEqual([summary.sensor, summary.sensorMissing], [null, 'it needs socat (sudo apt install socat)']);
  assert.equal(stderr.match(/stop coil written/g)?.length, 1, 'the guard writes once');
});

test('without its grant the guard is denied, the pump goes on, and the exit code is 1', async () => {
  const { code, stdout, stderr } = await startDemo(PROGRAM, [
    '--json',
    '--seconds',
    '12',
    '--fault-after',
    '4',
    '--keep-faulty',
  ]).ended;
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  assert.equal(code, 1);
  assert.deepEqual([summary.pumpStopped, summary.reactionMs], [false, null]);
  assert.ok(summary.alarmsPublished >= 1, 'the alarm is raised all the same');
  assert.match(stderr, /host: denied what guard asked for/, 'by the counter of the host');
});

test.run();
