import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchPort } from '../../../../host/src/drivers/port-presence.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { until } from '../../../lib/until.ts';

const test = suite('presence of a serial port');
const INTERVAL_MS = 5;

/** A path that leads to one of two files, as a name below /dev/serial/by-id leads to an adapter. */
async function withPort(body: (folder: string, path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-presence-'));
  for (const name of ['one', 'other']) writeFileSync(join(folder, name), '');
  const path = join(folder, 'port');
  symlinkSync(join(folder, 'one'), path);
  try {
    await body(folder, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a port whose path is gone is gone, which is said once', () =>
  withPort(async (_folder, path) => {
    let gone = 0;
    const end = watchPort(path, () => gone++, INTERVAL_MS);
    rmSync(path);
    await until('the loss', () => gone === 1);
    let others = 0;
    const endOther = watchPort(path, () => others++, INTERVAL_MS);
    await until('a later watch of the same path', () => others === 1);
    assert.equal(gone, 1);
    end();
    endOther();
  }));

test('a port whose path leads to another device is gone', () =>
  withPort(async (folder, path) => {
    let gone = 0;
    let turns = 0;
    const end = watchPort(path, () => gone++, INTERVAL_MS);
    await until('a look that finds another device than the first', () => {
      const next = join(folder, 'next');
      symlinkSync(join(folder, turns++ % 2 === 0 ? 'other' : 'one'), next);
      renameSync(next, path);
      return gone === 1;
    });
    end();
  }));

test('nothing is said of a port when its watch has ended', () =>
  withPort(async (_folder, path) => {
    let first = 0;
    let second = 0;
    watchPort(path, () => first++, INTERVAL_MS)();
    const end = watchPort(path, () => second++, INTERVAL_MS);
    rmSync(path);
    await until('the loss is seen by the watch that goes on', () => second === 1);
    assert.equal(first, 0);
    end();
  }));

test.run();
