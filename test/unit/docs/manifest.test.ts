import { decodeGateway } from '../../../host/src/configuration/decode-gateway.ts';
import { decodeDeployment } from '../../../host/src/manifest/decode-deployment.ts';
import { assert, suite } from '../../lib/suite.ts';
import { PARTS, settingRows } from './setting-rows.ts';
import { cellsOf, namedRows, readDocument, sectionOf } from './tables.ts';

const test = suite('docs/manifest.md');
const document = readDocument('manifest.md');

for (const part of PARTS) {
  test(`"${part.heading}" lists every setting with type, limits and default as the decoder has them`, () => {
    assert.deepEqual(namedRows(sectionOf(document, part.heading)).map(cellsOf), settingRows(part).map(cellsOf));
  });
}

test('has no table row that is not compared with a decoder', () => {
  assert.deepEqual(namedRows(document).map(cellsOf), PARTS.flatMap(settingRows).map(cellsOf));
});

test('its deployment decodes, and so does the gateway configuration that it meets', () => {
  const deployment = decodeDeployment(example('deployment'), 'deployment.json');
  assert.deepEqual(deployment.problems, []);
  assert.deepEqual(
    deployment.value?.modules.map(({ id }) => id),
    ['translate', 'guard'],
  );
  const gateway = decodeGateway(example('gateway'), 'gateway.json');
  assert.deepEqual(gateway.problems, []);
  const devices = Object.keys(gateway.value?.devices ?? {});
  const granted = deployment.value?.modules.flatMap(({ grants }) => grants.modbus?.map(({ device }) => device) ?? []);
  assert.ok(granted?.every((device) => devices.includes(device)));
});

function example(kind: string): string {
  const text = new RegExp(`^\`\`\`json ${kind}\\n([^]*?)^\`\`\``, 'm').exec(document)?.[1];
  assert.ok(text !== undefined, `no example of a ${kind}`);
  return text;
}

test.run();
