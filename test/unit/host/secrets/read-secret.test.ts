import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSecret } from '../../../../host/src/secrets/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('readSecret');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-secret-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'token');
const from = (content: string | Uint8Array): Promise<string> => {
  writeFileSync(file, content);
  return readSecret({ s: { file } }, 's');
};

test('a secret is what a file or a variable holds, without line ends behind it', async () => {
  assert.equal(await from('a b~!'), 'a b~!');
  assert.equal(await from('abc\r\n\n'), 'abc');
  assert.equal(await from(`${'x'.repeat(8_192)}\n`), 'x'.repeat(8_192));
  process.env['GATEHOUSE_TEST_SECRET'] = 'from-env\n';
  assert.equal(await readSecret({ s: { env: 'GATEHOUSE_TEST_SECRET' } }, 's'), 'from-env');
  delete process.env['GATEHOUSE_TEST_SECRET'];
});

test('it is read anew each time, so that a new one takes effect', async () => {
  assert.deepEqual([await from('old'), await from('new')], ['old', 'new']);
});

test('what no header can carry is refused without being repeated', async () => {
  for (const content of [
    '',
    '\n',
    'hush\r\nx: y',
    'hush\0',
    ' hush',
    'hush ',
    'hüsh',
    'hush\ttab',
    'hush'.repeat(2_049),
  ])
    await assert.rejects(from(content), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'SECRET_UNAVAILABLE');
      assert.ok(!error.message.includes('hush'), error.message);
      return true;
    });
});

test('a file, folder, pipe, variable or name that is not there is said', async () => {
  mkdirSync(join(folder, 'sub'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  for (const [secrets, why] of [
    [{ s: { file: join(folder, 'missing') } }, /cannot be read: ENOENT$/],
    [{ s: { file: join(folder, 'sub') } }, /no regular file|EISDIR/],
    [{ s: { file: join(folder, 'pipe') } }, /no regular file/],
    [{ s: { env: 'GATEHOUSE_NOT_SET' } }, /the variable GATEHOUSE_NOT_SET does not exist$/],
    [{}, /gateway.json does not have it$/],
  ] as const)
    await assert.rejects(readSecret(secrets, 's'), why);
  await assert.rejects(readSecret({}, 'toString'), { code: 'SECRET_UNAVAILABLE' });
});

test.run();
