import { STATUS } from '../../../host/src/abi/constants.ts';
import { decodeGateway } from '../../../host/src/configuration/decode-gateway.ts';
import { DETAIL } from '../../../host/src/drivers/ble/detail.ts';
import { compileBleGuard } from '../../../host/src/drivers/ble/guard.ts';
import { DEFAULT_EXPIRY_MS, encodeBleRequest, FUNCTION } from '../../../host/src/drivers/ble/request-codec.ts';
import { factsOf } from '../../../host/src/drivers/index.ts';
import { decodeDeployment } from '../../../host/src/manifest/decode-deployment.ts';
import { assert, suite } from '../../lib/suite.ts';
import { readDocument, sectionOf } from './tables.ts';

const test = suite('docs/ble.md');
const document = readDocument('ble.md');

/** The rows of the tables of a section that begin with a number or a name in quotes. */
const rowsOf = (heading: string): string[][] =>
  sectionOf(document, heading)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

function example(kind: string): string {
  const text = new RegExp(`^\`\`\`json ${kind}\\n([^]*?)^\`\`\``, 'm').exec(document)?.[1];
  assert.ok(text !== undefined, `no example of ${kind}`);
  return text;
}

test('its gateway configuration decodes, and its grants fit it', () => {
  const gateway = decodeGateway(example('gateway'), 'gateway.json');
  assert.deepEqual(gateway.problems, []);
  const module = { version: '1', type: 'wasm', status: 'running', restartPolicy: 'always' };
  const settings = { image: 'm.wasm', grants: JSON.parse(example('grants')) };
  const agent = {
    ...{ schemaVersion: '1.1', runtime: { type: 'wasm', settings: {} }, systemModules: {} },
    modules: { m: { ...module, settings } },
  };
  const modulesContent = { $edgeAgent: { 'properties.desired': agent } };
  const { value, problems } = decodeDeployment(JSON.stringify({ modulesContent }), 'deployment.json');
  assert.deepEqual(
    problems.filter(({ path }) => path.includes('grants')),
    [],
  );
  const ble = value?.modules[0]?.grants.ble ?? JSON.parse(example('grants')).ble;
  const full = ble.map((grant: object) => ({ read: [], write: [], notify: [], advertisements: false, ...grant }));
  const guard = compileBleGuard(full, factsOf(gateway.value!.devices).ble!);
  const path = { service: '181a', characteristic: '2a6e' };
  const read = encodeBleRequest({ kind: 'read', path, expiryMs: 0 }, 'boiler');
  assert.equal(guard.judge(read), STATUS.ok);
  assert.equal(guard.judge(encodeBleRequest({ kind: 'subscribe', path }, 'boiler')), STATUS.ok);
  assert.equal(guard.judge(encodeBleRequest({ kind: 'advertisements' }, 'air')), STATUS.ok);
  assert.equal(guard.judge(encodeBleRequest({ kind: 'read', path, expiryMs: 0 }, 'lock')), STATUS.denied);
});

test('has all functions, and what the expiry is when there is none', () => {
  const functions = rowsOf('3. Requests').filter(([first]) => /^\d$/.test(first!) && Number(first) < 7);
  assert.deepEqual(
    functions.filter((row) => row.length === 6).map(([number]) => Number(number)),
    Object.values(FUNCTION),
  );
  assert.ok(document.includes(`0 means ${DEFAULT_EXPIRY_MS.toLocaleString('en')}`));
});

test('has all details, with their numbers', () => {
  const rows = rowsOf('3. Requests').filter((row) => row.length === 3 && /^`\w+`$/.test(row[1]!));
  assert.deepEqual(Object.fromEntries(rows.map(([number, name]) => [name!.slice(1, -1), Number(number)])), {
    ...DETAIL,
  });
});

test('has the numbers of statuses', () => {
  const names: Record<string, number> = { ...STATUS, 'not-found': STATUS.notFound };
  const rows = rowsOf('3. Requests').flatMap(([first]) => /^`([a-z-]+)` (-?\d+)$/.exec(first!)?.slice(1) ?? []);
  assert.ok(rows.length >= 20);
  for (let i = 0; i < rows.length; i += 2) assert.equal(Number(rows[i + 1]), names[rows[i]!], rows[i]);
});

test.run();
