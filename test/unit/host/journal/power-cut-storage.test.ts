import { PowerCutStorage } from '../../../lib/power-cut-storage.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('power cut storage');
const LOST = { keepsName: () => false, keptBytes: () => 0 };
const KEPT = { keepsName: () => true, keptBytes: (bytes: number) => bytes };
const text = (storage: PowerCutStorage, path: string) => storage.files().get(path)?.toString();

async function written(): Promise<PowerCutStorage> {
  const storage = new PowerCutStorage();
  await storage.makeFolder('/d');
  const file = await storage.open('/d/a', 'create');
  await file.write(Buffer.from('synced'), 0);
  await file.datasync();
  await storage.syncFolder('/d');
  await file.write(Buffer.from(' and not'), 6);
  await file.close();
  return storage;
}

test('keeps what was synced, and loses, tears or keeps what was not', async () => {
  const storage = await written();
  assert.equal(text(storage.cut(LOST), '/d/a'), 'synced');
  assert.equal(text(storage.cut(KEPT), '/d/a'), 'synced and not');
  assert.equal(text(storage.cut({ ...KEPT, keptBytes: () => 4 }), '/d/a'), 'synced and');
});

test('loses a name whose folder was not synced, however well its content was', async () => {
  const storage = await written();
  const file = await storage.open('/d/b', 'create');
  await file.write(Buffer.from('x'), 0);
  await file.datasync();
  assert.equal(text(storage.cut(LOST), '/d/b'), undefined);
  assert.equal(text(storage.cut({ ...LOST, keepsName: () => true }), '/d/b'), 'x');
});

test('keeps the old content behind a name or the new one, when a rename was not synced', async () => {
  const storage = await written();
  const file = await storage.open('/d/b', 'create');
  await file.write(Buffer.from('new'), 0);
  await file.datasync();
  await storage.rename('/d/b', '/d/a');
  assert.equal(text(storage.cut(LOST), '/d/a'), 'synced');
  assert.equal(text(storage.cut({ ...LOST, keepsName: () => true }), '/d/a'), 'new');
});

test('brings back a file that was removed without a sync', async () => {
  const storage = await written();
  await storage.unlink('/d/a');
  assert.equal(text(storage, '/d/a'), undefined);
  assert.equal(text(storage.cut(LOST), '/d/a'), 'synced');
});

test('a snapshot is not changed by what happens later', async () => {
  const storage = await written();
  const snapshot = storage.snapshot();
  const file = await storage.open('/d/a', 'update');
  await file.write(Buffer.from('later!'), 0);
  await file.datasync();
  assert.equal(text(snapshot, '/d/a'), 'synced and not');
  assert.equal(text(snapshot.cut(LOST), '/d/a'), 'synced');
});

test('takes what there is room for, and then refuses', async () => {
  const storage = await written();
  storage.capacityBytes = storage.usedBytes + 3;
  const file = await storage.open('/d/a', 'update');
  assert.equal(await file.write(Buffer.from('12345'), 14), 3);
  await assert.rejects(file.write(Buffer.from('45'), 17), { code: 'ENOSPC' });
});

test.run();
