import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tarGzip } from '../../../../host/src/bundle/tar.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TOOLS } from '../../../lib/tools.ts';

const test = suite('archives');
const TIME = 1_700_000_000;
const SIZES = [0, 1, 511, 512, 513, 100_000];
const FILES = SIZES.map((bytes) => ({ name: `folder/${bytes}.bin`, content: Buffer.alloc(bytes, `${bytes} `) }));

function inFolder(use: (folder: string, archive: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tar-'));
  try {
    const archive = join(folder, 'a.tar.gz');
    writeFileSync(archive, tarGzip(FILES, TIME));
    use(folder, archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test(
  'are unpacked by tar, with content, size, time and rights',
  () =>
    inFolder((folder, archive) => {
      execFileSync('tar', ['-xzf', archive, '-C', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
      for (const { name, content } of FILES) {
        assert.ok(readFileSync(join(folder, name)).equals(content), name);
        const { mode, mtimeMs } = statSync(join(folder, name));
        assert.deepEqual([mode & 0o777, mtimeMs], [0o600, TIME * 1_000]);
      }
    }),
  { needs: [TOOLS.tar] },
);

test(
  'are what Python takes for archives of the format ustar',
  () =>
    inFolder((_, archive) => {
      const script = `import json, sys, tarfile
with tarfile.open(sys.argv[1], "r:gz") as archive:
    print(json.dumps([[one.name, one.size, one.isreg(), one.uid] for one in archive.getmembers()]))`;
      const listed = JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, archive], { encoding: 'utf8' }));
      assert.deepEqual(
        listed,
        FILES.map(({ name, content }) => [name, content.byteLength, true, 0]),
      );
    }),
  { needs: [TOOLS.python] },
);

test('a name that does not fit is refused, not cut', () => {
  tarGzip([{ name: 'n'.repeat(100), content: Buffer.alloc(0) }], TIME);
  assert.throws(() => tarGzip([{ name: 'n'.repeat(101), content: Buffer.alloc(0) }], TIME), RangeError);
});

test.run();
