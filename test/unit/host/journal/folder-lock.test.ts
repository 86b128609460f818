import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../../../host/src/journal/folder-lock.ts';
import { Journal } from '../../../../host/src/journal/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('journal lock');
const EVENTS = { ready: () => {}, problem: () => {}, recovered: () => {} };

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a folder belongs to one at a time, by whatever path, until it is given back', () =>
  withFolder(async (folder) => {
    const lock = await lockFolder(folder);
    assert.ok(lock !== undefined);
    assert.equal(await lockFolder(folder), undefined);
    assert.equal(await lockFolder(`${folder}/../${folder.slice(folder.lastIndexOf('/') + 1)}`), undefined);
    renameSync(folder, `${folder}-moved`);
    assert.equal(await lockFolder(`${folder}-moved`), undefined);
    renameSync(`${folder}-moved`, folder);
    await Promise.all([lock.release(), lock.release()]);
    const again = await lockFolder(folder);
    assert.ok(again !== undefined);
    await again.release();
  }));

test('a second journal in the same folder is refused with JOURNAL_LOCKED, and touches nothing', () =>
  withFolder(async (folder) => {
    const journal = await Journal.open({ folder, events: EVENTS });
    await assert.rejects(Journal.open({ folder, events: EVENTS }), { code: 'JOURNAL_LOCKED' });
    await journal.close();
    const next = await Journal.open({ folder, events: EVENTS });
    assert.equal(next.epoch, journal.epoch + 1);
    await next.close();
  }));

test.run();
