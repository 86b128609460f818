import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { startDemo } from './demo-process.ts';

const test = suite('demo with its Bluetooth sensor', { needs: [TOOLS.socat], timeoutMs: 90_000 });
const PROGRAM = 'tools/src/demo/main.ts';

/** Runs with a folder of its own for temporary files, which is in the command lines of host, sensor and socat. */
async function withTemporary(body: (environment: NodeJS.ProcessEnv, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  try {
    await body({ TMPDIR: folder }, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Programs that run with a folder in their command line. */
function programsIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((text) => text.includes(folder));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended
  }
}

/** What tsx keeps for itself is no leftover. */
const leftovers = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('tsx-'));

test('the values of the sensor arrive upstream beside those of the pump, and an interrupt leaves nothing behind', () =>
  withTemporary(async (environment, folder) => {
    const demo = startDemo(PROGRAM, ['--json', '--seconds', '60', '--fault', 'none'], environment);
    await demo.says('linked with pump-house by Bluetooth');
    await demo.says('the first value of pump-house arrived');
    await demo.says('the first telemetry arrived');
    await demo.says('hPa');
    assert.ok(programsIn(folder).length >= 4, 'host, sensor and two of socat');
    demo.signal('SIGINT');
    const { stdout, stderr } = await demo.ended;
    assert.deepEqual([programsIn(folder), leftovers(folder)], [[], []], stderr);
    const { sensor, sensorMissing, modules } = JSON.parse(stdout);
    assert.deepEqual([sensor.device, sensor.link, sensorMissing], ['pump-house', 'linked', null]);
    assert.ok(sensor.messages >= 3, `${sensor.messages} messages`);
    assert.ok(sensor.temperatureCel > 18 && sensor.temperatureCel < 25, `${sensor.temperatureCel} °C`);
    assert.ok(sensor.humidityPct > 35 && sensor.humidityPct < 55, `${sensor.humidityPct} %`);
    assert.ok(sensor.pressurePa > 100_000 && sensor.pressurePa < 103_000, `${sensor.pressurePa} Pa`);
    assert.deepEqual(
      modules.map(({ id, state }: { id: string; state: string }) => [id, state]),
      ['translate', 'stats', 'guard', 'alarm', 'sensors'].map((id) => [id, 'running']),
    );
  }));

test('an interrupt at the very start leaves nothing behind either, and does not wait for what has not started', () =>
  withTemporary(async (environment, folder) => {
    const demo = startDemo(PROGRAM, ['--fault', 'none', '--seconds', '60'], environment);
    await until('the air', () => leftovers(folder).length > 0, 40_000);
    demo.signal('SIGTERM');
    const { code, stdout, stderr } = await demo.ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /The pump was not stopped\./);
    assert.deepEqual([programsIn(folder), leftovers(folder)], [[], []]);
  }));

test('a demonstration that loses its sensor goes on', () =>
  withTemporary(async (environment, folder) => {
    const demo = startDemo(PROGRAM, ['--fault', 'none', '--seconds', '60'], environment);
    await demo.says('linked with pump-house by Bluetooth');
    const sensor = readdirSync('/proc').find(
      (pid) => /sensor\.ts/.test(commandLine(pid)) && commandLine(pid).includes(folder),
    );
    process.kill(Number(sensor), 'SIGKILL');
    await demo.says('no Bluetooth sensor: the sensor ended unexpectedly: (ended by SIGKILL)');
    await demo.says('the link with pump-house is lost');
    demo.signal('SIGINT');
    const { code, stdout } = await demo.ended;
    assert.equal(code, 0);
    assert.match(stdout, /^No Bluetooth sensor: the sensor ended unexpectedly/m);
    assert.deepEqual([programsIn(folder), leftovers(folder)], [[], []]);
  }));

test.run();
