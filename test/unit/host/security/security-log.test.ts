import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecurityEvent } from '../../../../host/src/security/index.ts';
import { SecurityLog, type SecurityLogOptions } from '../../../../host/src/security/index.ts';
import { type LogFolder, systemLogFolder } from '../../../../host/src/security/log-file.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('security log');

const event = (sequence: number, text = 'x'): SecurityEvent => ({
  ...{ sequence, time: 0, kind: 'denied', code: 'CAPABILITY_DENIED', module: 'm', text, count: 1, total: 1 },
});

async function inFolder(use: (file: string, said: string[]) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-log-'));
  try {
    await use(join(folder, 'deep', 'security.log'), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const open = (file: string, said: string[], more: Partial<SecurityLogOptions> = {}): SecurityLog =>
  new SecurityLog({
    ...{ file, maxBytes: 16_384, files: 3 },
    onTrouble: (error) => said.push(`trouble ${error.message}`),
    onRecovered: (lost) => said.push(`recovered ${lost}`),
    ...more,
  });

const sequences = (file: string): number[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as SecurityEvent).sequence);

test('writes one object a line, for its owner only, and goes on behind what is there', () =>
  inFolder(async (file, said) => {
    for (const first of [1, 3]) {
      const log = open(file, said);
      log.append(event(first));
      log.append(event(first + 1));
      await log.close();
    }
    assert.deepEqual(sequences(file), [1, 2, 3, 4]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
    assert.deepEqual(said, []);
  }));

test('what a power cut left of a line is cut, so that it does not swallow the next', () =>
  inFolder(async (file, said) => {
    const before = open(file, said);
    before.append(event(1));
    await before.close();
    appendFileSync(file, '{"half a li');
    const log = open(file, said);
    log.append(event(2));
    await log.close();
    assert.deepEqual(sequences(file), [1, 2]);
  }));

test('begins a new file at its size and keeps as many as it may, of which none is larger', () =>
  inFolder(async (file, said) => {
    const log = open(file, said);
    for (let n = 1; n <= 250; n++) log.append(event(n, 'y'.repeat(400)));
    await log.close();
    const files = readdirSync(join(file, '..')).sort();
    assert.deepEqual(files, ['security.log', 'security.log.1', 'security.log.2']);
    for (const name of files) {
      assert.ok(statSync(join(file, '..', name)).size <= 16_384);
      assert.equal(statSync(join(file, '..', name)).mode & 0o777, 0o600);
    }
    const all = [`${file}.2`, `${file}.1`, file].flatMap(sequences);
    assert.equal(all.at(-1), 250);
    assert.deepEqual(
      all,
      Array.from({ length: all.length }, (_, n) => 251 - all.length + n),
    );
    assert.deepEqual(log.status(), { file, written: 250, lost: 0 });
  }));

/** A folder on a disk that is full while it is told so; half of what is written to it then arrives. */
function fullDisk(): LogFolder & { isFull: boolean } {
  const disk = {
    isFull: false,
    move: systemLogFolder.move,
    async open(file: string) {
      const inner = await systemLogFolder.open(file);
      return {
        ...inner,
        async append(text: string) {
          if (!disk.isFull) return inner.append(text);
          await inner.append(text.slice(0, text.length / 2));
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        },
      };
    },
  };
  return disk;
}

test('a full disk costs the events meanwhile, which are counted, and leaves no half line', () =>
  inFolder(async (file, said) => {
    const folder = fullDisk();
    const log = open(file, said, { folder });
    const write = async (...numbers: number[]) => {
      const { written, lost } = log.status();
      for (const sequence of numbers) log.append(event(sequence));
      while (log.status().written + log.status().lost < written + lost + numbers.length)
        await new Promise((resolve) => setImmediate(resolve));
    };
    await write(1);
    folder.isFull = true;
    // The last two are written together, and the half that arrives is a whole line: it is lost all the same.
    await write(2, 3, 4);
    folder.isFull = false;
    await write(5);
    await log.close();
    assert.deepEqual(sequences(file), [1, 5]);
    assert.deepEqual(log.status(), { file, written: 2, lost: 3 });
    assert.deepEqual(said, ['trouble ENOSPC: no space left on device', 'recovered 3']);
  }));

test('does not follow a symbolic link, and takes no more than it can keep while the disk stands still', () =>
  inFolder(async (file, said) => {
    await open(file, said).close();
    const other = join(file, '..', '..', 'precious');
    writeFileSync(other, 'precious');
    symlinkSync(other, `${file}-link`.replace('/deep', ''));
    const log = open(`${file}-link`.replace('/deep', ''), said);
    log.append(event(1));
    await log.close();
    assert.equal(readFileSync(other, 'utf8'), 'precious');
    assert.equal(log.status().lost, 1);
    const stuck = open(file, said, { folder: { open: () => new Promise(() => {}), move: async () => {} } });
    for (let n = 0; n < 1_000; n++) stuck.append(event(n));
    assert.equal(stuck.status().lost, 1_000 - 256 - 1);
    await stuck.close();
  }));

test.run();
