import { knownSecrets } from '../../../../host/src/bundle/known-secrets.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('secrets that a bundle knows of');

async function found(file: string, ...secrets: string[]): Promise<void> {
  const known = await knownSecrets(undefined, [file]);
  for (const secret of secrets) assert.ok(known.has(secret), `${secret} of ${file}, among ${[...known].join(', ')}`);
}

test('a byte order mark hides none', () =>
  found('\ufeff{ "devices": { "hub": { "password": "correct-horse" } } }', 'correct-horse'));

test('nor does a mistake in the file, or a name that is there twice', async () => {
  await found('{ "password": "correct\\u002dhorse", }', 'correct-horse');
  const broken = '{ "env": { "API_TOKEN": { "value": "correct-horse" }, }, "key": ["first-key", "second-key"] ';
  await found(broken, 'correct-horse', 'first-key', 'second-key');
  await found('{ "password": "correct-horse", "password": "swordfish" }', 'correct-horse', 'swordfish');
});

test('in a URL they are found as they stand there and as they are meant, with characters that should have been encoded', async () => {
  await found('{ "url": "https://me:correct%2Fhorse@hub.example" }', 'correct%2Fhorse', 'correct/horse');
  await found('{ "url": "https://me:correct@horse/battery@hub.example" }', 'correct@horse/battery');
});

test('in texts they are found behind names with digits and hyphens, in quotes, with commas, and in an authorization', async () => {
  await found('{ "a": "x-api-key-2=correct,horse;b=c" }', 'correct,horse', 'correct');
  await found(`{ "a": "WHERE token = 'swordfish'" }`, 'swordfish');
  await found('{ "a": "Authorization: Bearer swordfish.17==" }', 'swordfish.17==');
});

test('names that sound like one may be joined by underscores', () =>
  found(
    '{ "WIFI_PSK": "swordfish-1", "PIN_CODE": "swordfish-2", "SAS_URL": "swordfish-3" }',
    ...['swordfish-1', 'swordfish-2', 'swordfish-3'],
  ));

test('of a key in a variable each line is one', () => {
  const line = 'Ab1'.repeat(20);
  const value = `-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----`;
  return found(JSON.stringify({ env: { TLS_KEY: { value } } }), line);
});

test('what does not sound like one is none', async () => {
  const file =
    '{ "name": "temperature", "image": "a/translate.wasm", "note": "a=bcdefgh, basic settings", "url": "https://hub.example/a" }';
  assert.deepEqual([...(await knownSecrets(undefined, [file]))], []);
});

test.run();
