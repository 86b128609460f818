import { decodeFile, object, required } from '../../../../host/src/json/index.ts';
import { localPath } from '../../../../host/src/json/local-path.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('paths of files in a file');
const shape = object({ ca: required(localPath('a certificate'), 'x') });
const decode = (ca: string, folder?: string) =>
  decodeFile(JSON.stringify({ ca }), 'f.json', shape, 'MANIFEST_INVALID', folder);

test('begin at the folder of the file', () => {
  assert.equal(decode('hub.pem', '/etc/gatehouse').value?.ca, '/etc/gatehouse/hub.pem');
  assert.equal(decode('/tmp/hub.pem', '/etc/gatehouse').value?.ca, '/tmp/hub.pem');
});

test('are refused in a text that is not of this machine', () => {
  const { value, log } = decode('hub.pem');
  assert.equal(value, undefined);
  assert.deepEqual(
    log.problems.map(({ code, path, message }) => [code, path, message]),
    [
      [
        'MANIFEST_INVALID',
        'ca',
        'the path of a certificate can only be in gateway.json: move the whole entry there; a deployment names no files of a gateway',
      ],
    ],
  );
});

test.run();
