import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeStorage } from '../../host/src/journal/node-storage.ts';
import { type Storage, systemCode, writeFully } from '../../host/src/journal/storage.ts';
import { PowerCutStorage } from '../lib/power-cut-storage.ts';
import { assert, suite } from '../lib/suite.ts';

interface Subject {
  readonly storage: Storage;
  /** A folder of its own. */
  readonly folder: string;
  close(): void;
}

const SUBJECTS: Readonly<Record<string, () => Subject>> = {
  real: () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-storage-'));
    return { storage: nodeStorage, folder, close: () => rmSync(folder, { recursive: true }) };
  },
  'power cut': () => {
    const storage = new PowerCutStorage();
    storage.put('/data/there', Buffer.alloc(0));
    return { storage, folder: '/data', close: () => {} };
  },
};

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => systemCode(error),
  );
}

for (const [name, openSubject] of Object.entries(SUBJECTS)) {
  const test = suite(`storage ${name}`);

  const withSubject = (body: (subject: Subject) => Promise<void>) => async () => {
    const subject = openSubject();
    try {
      await body(subject);
    } finally {
      subject.close();
    }
  };

  const put = async ({ storage, folder }: Subject, file: string, text: string): Promise<void> => {
    const handle = await storage.open(`${folder}/${file}`, 'update');
    await writeFully(handle, Buffer.from(text), 0);
    await handle.datasync();
    await handle.close();
  };

  const get = async ({ storage, folder }: Subject, file: string): Promise<string> => {
    const handle = await storage.open(`${folder}/${file}`, 'read');
    const bytes = Buffer.alloc(await handle.size());
    const count = await handle.read(bytes, 0);
    await handle.close();
    return bytes.toString('utf8', 0, count);
  };

  test(
    'reads what was written, at any position',
    withSubject(async (subject) => {
      const file = await subject.storage.open(`${subject.folder}/a`, 'create');
      assert.equal(await file.write(Buffer.from('hello world'), 0), 11);
      assert.equal(await file.write(Buffer.from('W'), 6), 1);
      const bytes = Buffer.alloc(5);
      assert.equal(await file.read(bytes, 6), 5);
      assert.equal(bytes.toString(), 'World');
      await file.datasync();
      await file.close();
      assert.equal(await get(subject, 'a'), 'hello World');
    }),
  );

  test(
    'reads less at the end of a file, and nothing behind it',
    withSubject(async (subject) => {
      await put(subject, 'a', 'abc');
      const file = await subject.storage.open(`${subject.folder}/a`, 'read');
      assert.equal(await file.read(Buffer.alloc(10), 1), 2);
      assert.equal(await file.read(Buffer.alloc(10), 3), 0);
      assert.equal(await file.read(Buffer.alloc(10), 100), 0);
      await file.close();
    }),
  );

  test(
    'fills a gap with zeros when it is written behind the end, or made longer',
    withSubject(async (subject) => {
      const file = await subject.storage.open(`${subject.folder}/a`, 'create');
      await file.write(Buffer.from('x'), 3);
      assert.equal(await file.size(), 4);
      await file.truncate(6);
      await file.close();
      assert.equal(await get(subject, 'a'), '\0\0\0x\0\0');
    }),
  );

  test(
    'cuts a file, and goes on behind the cut',
    withSubject(async (subject) => {
      await put(subject, 'a', 'abcdef');
      const file = await subject.storage.open(`${subject.folder}/a`, 'update');
      await file.truncate(2);
      await file.write(Buffer.from('Z'), 2);
      await file.close();
      assert.equal(await get(subject, 'a'), 'abZ');
    }),
  );

  test(
    'creates what is not there, and only that',
    withSubject(async (subject) => {
      const path = `${subject.folder}/a`;
      assert.equal(await codeOf(subject.storage.open(path, 'read')), 'ENOENT');
      await (await subject.storage.open(path, 'create')).close();
      assert.equal(await codeOf(subject.storage.open(path, 'create')), 'EEXIST');
      await (await subject.storage.open(path, 'update')).close();
      assert.equal(await codeOf(subject.storage.open(`${subject.folder}/none/a`, 'update')), 'ENOENT');
    }),
  );

  test(
    'renames over a file, and removes one',
    withSubject(async (subject) => {
      const { storage, folder } = subject;
      await put(subject, 'a', 'old');
      await put(subject, 'b', 'new');
      await storage.rename(`${folder}/b`, `${folder}/a`);
      await storage.syncFolder(folder);
      assert.equal(await get(subject, 'a'), 'new');
      assert.equal(await codeOf(storage.unlink(`${folder}/b`)), 'ENOENT');
      await storage.unlink(`${folder}/a`);
      assert.equal(await codeOf(storage.open(`${folder}/a`, 'read')), 'ENOENT');
    }),
  );

  test(
    'makes folders, again and in others, and lists what is in them',
    withSubject(async (subject) => {
      const { storage, folder } = subject;
      await storage.makeFolder(`${folder}/x/y`);
      await storage.makeFolder(`${folder}/x/y`);
      await put(subject, 'x/y/1', '');
      await put(subject, 'x/y/2', '');
      assert.deepEqual((await storage.readFolder(`${folder}/x/y`)).sort(), ['1', '2']);
      assert.deepEqual(await storage.readFolder(`${folder}/x`), ['y']);
      assert.equal(await codeOf(storage.readFolder(`${folder}/none`)), 'ENOENT');
      await put(subject, 'file', '');
      assert.equal(await codeOf(storage.readFolder(`${folder}/file`)), 'ENOTDIR');
    }),
  );

  test(
    'does not open a folder as a file',
    withSubject(async ({ storage, folder }) => {
      await storage.makeFolder(`${folder}/x`);
      assert.equal(await codeOf(storage.open(`${folder}/x`, 'read')), 'EISDIR');
      assert.equal(await codeOf(storage.open(`${folder}/x`, 'update')), 'EISDIR');
    }),
  );

  if (name === 'real' && process.platform !== 'win32')
    test(
      'does not open a pipe, and does not wait for who writes into it',
      withSubject(async ({ storage, folder }) => {
        execFileSync('mkfifo', [`${folder}/pipe`]);
        assert.equal(await codeOf(storage.open(`${folder}/pipe`, 'read')), 'EISDIR');
        assert.equal(await codeOf(storage.open(`${folder}/pipe`, 'update')), 'EISDIR');
      }),
    );

  test(
    'goes on with a file that is open while it is removed',
    withSubject(async (subject) => {
      await put(subject, 'a', 'abc');
      const file = await subject.storage.open(`${subject.folder}/a`, 'update');
      await subject.storage.unlink(`${subject.folder}/a`);
      const bytes = Buffer.alloc(3);
      assert.equal(await file.read(bytes, 0), 3);
      await file.write(Buffer.from('d'), 3);
      await file.datasync();
      await file.close();
      assert.equal(await codeOf(subject.storage.open(`${subject.folder}/a`, 'read')), 'ENOENT');
    }),
  );

  test(
    'says how much room there is',
    withSubject(async ({ storage, folder }) => {
      assert.ok((await storage.freeBytes(folder)) > 1_000_000);
    }),
  );

  test.run();
}
