import { seededRandom } from '../../../tools/simulators/pump/random.ts';
import { assert, report, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { collectedBytes } from './collected-memory.ts';
import { DEVICE_NAMES, Scene } from './scene.ts';

const test = suite('a gateway among hostile devices', { timeoutMs: 300_000, needs: [TOOLS.socat] });
const SEED = Number(process.env['GATEHOUSE_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const ROUNDS = 3;
const PHASE_MS = 120_000;
/** What counters, tables and logs of a run may add; each of its floods has as much. */
const GROWTH_MAX_BYTES = 4_000_000;

/** Counters of a device that must have moved, and what may be its last error. */
const TOLD = {
  tcp: ['timeouts', 'badAnswers', 'connectionsLost'],
  line: ['timeouts'],
  port: ['timeouts', 'noise'],
  web: ['timeouts', 'badAnswers', 'connectionsLost'],
  broker: ['timeouts'],
  listener: ['cutOff'],
  leaf: ['timeouts', 'badAnswers', 'connectionsLost'],
} as const;
const FAULTS = /^DEVICE_(TIMEOUT|PROTOCOL|CLOSED|UNREACHABLE)$/;

test('on every protocol at once only coded errors come out, a healthy device is polled on, memory stays, and all is well again', () =>
  Scene.run(seededRandom(SEED), ROUNDS, async (scene) => {
    report(`seed ${SEED}`);
    await until('the healthy device', () => scene.healthy.count >= 5);
    const total = DEVICE_NAMES.map((name) => scene.left(name));
    const isBehind = (share: number): boolean =>
      DEVICE_NAMES.every((name, index) => scene.left(name) <= total[index]! * share);
    await until('the first third', () => isBehind(2 / 3), PHASE_MS);
    const settledBytes = await collectedBytes();
    const healthyBefore = scene.healthy.count;
    await until('the rest', () => isBehind(0), PHASE_MS);
    const grownBytes = (await collectedBytes()) - settledBytes;

    assert.ok(scene.healthy.count - healthyBefore >= 20, `${scene.healthy.count - healthyBefore} healthy readings`);
    for (const name of DEVICE_NAMES) {
      const status = await scene.status(name);
      for (const counter of TOLD[name]) assert.ok((status[counter] as number) > 0, `${name} ${JSON.stringify(status)}`);
      // What clients do is no fault of the listener.
      if (name !== 'listener') assert.match((status['lastError'] as { code: string }).code, FAULTS);
    }
    await until('every device is well again', () => DEVICE_NAMES.every((name) => scene.answers[name].isGood), PHASE_MS);
    for (const name of DEVICE_NAMES) {
      const { wrong, counts } = scene.answers[name];
      report(`${name}: ${JSON.stringify(Object.fromEntries(counts))}`);
      assert.deepEqual(wrong, [], name);
    }
    report(`${scene.healthy.count} healthy readings, memory grew by ${(grownBytes / 1e6).toFixed(2)} MB`);
    assert.deepEqual([scene.healthy.wrong, scene.complaints], [[], []]);
    assert.equal((await scene.status('healthy'))['lastError'], undefined);
    assert.ok(grownBytes < GROWTH_MAX_BYTES, `${grownBytes} bytes more`);
    await scene.assertModulesUntouched();
  }));

test.run();
