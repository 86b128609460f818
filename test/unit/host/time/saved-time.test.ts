import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { readSavedTime, SavedTime, WallClock } from '../../../../host/src/time/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { VirtualClocks } from './virtual-clocks.ts';

const test = suite('saved time');
const NOW = Date.UTC(2026, 10, 1);
const HOUR_MS = 3_600_000;

const root = mkdtempSync(join(tmpdir(), 'gatehouse-time-'));
test.after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

function rig(timeMs: number) {
  const folder = join(root, String(++folders));
  const clocks = new VirtualClocks(timeMs);
  const clock = new WallClock({ builtAtMs: Date.UTC(2026, 0, 1), read: clocks.read });
  return { folder, clocks, saved: new SavedTime(folder, clock), last: () => readSavedTime(folder) };
}

const isLost = (error: unknown): boolean => error instanceof GatehouseError && error.code === 'STATE_LOST';

test('is the time of a clock that nobody has set for an hour, and then every six hours', async () => {
  const { folder, clocks, saved, last } = rig(NOW);
  clocks.pass(HOUR_MS - 1);
  await saved.saveDue();
  assert.equal(await last(), undefined);
  clocks.pass(1);
  await saved.saveDue();
  assert.equal(await last(), NOW + HOUR_MS);
  clocks.pass(6 * HOUR_MS - 1);
  await saved.saveDue();
  assert.equal(await last(), NOW + HOUR_MS);
  clocks.pass(1);
  await saved.saveDue();
  assert.equal(await last(), NOW + 7 * HOUR_MS);
  assert.deepEqual(readdirSync(folder), ['time.json'], 'nothing else is left');
});

test('is saved at the end as well, but never while it is not known or was just set', async () => {
  const { clocks, saved, last } = rig(0);
  clocks.pass(2 * HOUR_MS);
  await saved.save();
  assert.equal(await last(), undefined, 'not known');
  clocks.timeMs = NOW;
  await saved.save();
  assert.equal(await last(), undefined, 'just set');
  clocks.pass(HOUR_MS);
  await saved.save();
  await saved.save();
  assert.equal(await last(), NOW + HOUR_MS);
});

test('is replaced at once when the clock is set back to before it, so that the right time is believed after a power cut', async () => {
  const { folder, clocks, saved, last } = rig(NOW + 1_000 * HOUR_MS);
  clocks.pass(HOUR_MS);
  await saved.saveDue();
  assert.equal(await last(), NOW + 1_001 * HOUR_MS);
  clocks.timeMs = 0;
  await saved.saveDue();
  assert.equal(await last(), NOW + 1_001 * HOUR_MS, 'what cannot be replaces nothing');
  clocks.timeMs = NOW;
  await saved.saveDue();
  assert.equal(await last(), NOW);
  clocks.pass(60_000);
  await saved.saveDue();
  assert.equal(await last(), NOW);
  assert.deepEqual(readdirSync(folder), ['time.json']);
});

for (const [title, text] of [
  ['is empty', ''],
  ['was cut', '{"savedAt":"2026-1'],
  ['has no time', '{}'],
  ['has another time', '{"savedAt":1796000000000}'],
  ['is no object', 'null'],
] as const) {
  test(`a file that ${title} is a coded error, and is replaced by the next time`, async () => {
    const { folder, clocks, saved, last } = rig(NOW);
    clocks.pass(HOUR_MS);
    await saved.save();
    writeFileSync(join(folder, 'time.json'), text);
    await assert.rejects(last(), isLost);
    await saved.save();
    assert.equal(await last(), NOW + HOUR_MS);
    assert.match(readFileSync(join(folder, 'time.json'), 'utf8'), /^\{"savedAt":"2026-11-01T01:00:00\.000Z"\}\n$/);
  });
}

test('a folder that cannot be written is a coded error, which does not come again with every look', async () => {
  const { folder, clocks, saved } = rig(NOW);
  writeFileSync(folder, 'a file');
  clocks.pass(HOUR_MS);
  await assert.rejects(saved.saveDue(), isLost);
  clocks.pass(1_000);
  await saved.saveDue();
  rmSync(folder);
  clocks.pass(6 * HOUR_MS);
  await saved.saveDue();
  assert.deepEqual(readdirSync(folder), ['time.json']);
});

test.run();
