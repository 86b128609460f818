import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeGateway } from '../../../../host/src/configuration/index.ts';
import { describeCapacity } from '../../../../host/src/doctor/capacity-finding.ts';
import { clockFinding } from '../../../../host/src/doctor/clock-finding.ts';
import { sizeText } from '../../../../host/src/doctor/finding.ts';
import { gatewayFindings } from '../../../../host/src/doctor/folder-findings.ts';
import { formatFindings } from '../../../../host/src/doctor/index.ts';
import { nodeFinding } from '../../../../host/src/doctor/node-finding.ts';
import { serialFindings } from '../../../../host/src/doctor/serial-finding.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('findings of the doctor');

test('a Node that is too old is an error, one that is not tested a warning', () => {
  const states = ['18.20.0', '20.18.3', '20.19.0', '21.7.0', '22.1.0', '24.21.0', '26.4.0'].map(
    (version) => nodeFinding(version).state,
  );
  assert.deepEqual(states, ['error', 'error', 'ok', 'warning', 'ok', 'ok', 'warning']);
});

const gatewayText = JSON.stringify({
  deviceId: 'g',
  lines: { bus: { path: '/dev/ttyS1' } },
  devices: { gps: { type: 'serial', path: '/dev/ttyS2', framing: { type: 'delimiter', delimiter: '\n' } } },
});

test('a Node that does not hand on what serial ports receive is a warning where there are some, and says which do', () => {
  const { value } = decodeGateway(gatewayText, 'gateway.json');
  const states = ['20.19.0', '22.23.0', '24.21.0', '26.3.9', '26.4.0', '26.10.0', '27.0.0'].map(
    (version) => serialFindings(value!, version)[0]?.state,
  );
  assert.deepEqual(states, ['ok', 'ok', 'ok', 'ok', 'warning', 'warning', 'warning']);
  const [warning] = serialFindings(value!, '26.4.0');
  assert.match(warning!.text, /node-serialport#3148.*Node 20, 22 or 24/);
  assert.deepEqual(warning!.facts['paths'], ['/dev/ttyS1', '/dev/ttyS2']);
  assert.deepEqual(serialFindings({ devices: {} }, '26.4.0'), []);
});

test('the serial ports of a gateway configuration are looked at', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-doctor-'));
  const file = join(folder, 'gateway.json');
  try {
    await writeFile(file, gatewayText);
    const names = (await gatewayFindings(file)).map(({ name }) => name);
    assert.deepEqual(names, ['gateway.json', 'serial ports']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a clock that cannot be right is an error, and that there is none in the machine a warning', () => {
  assert.equal(clockFinding(Date.UTC(2026, 10, 24), true).state, 'ok');
  assert.equal(clockFinding(Date.UTC(2026, 10, 24), false).state, 'warning');
  for (const time of [0, Date.UTC(2025, 11, 31), Date.UTC(2150, 0, 1)])
    assert.equal(clockFinding(time, true).state, 'error');
});

const cost = { bytes: 100_000, startMs: 0.5, modules: 128 };
const capacity = (byAddresses: number, byMemory: number) =>
  describeCapacity({ byDeployment: 1_024, byAddresses, byMemory, cost });

test('how many modules fit is the least of what the deployment, the addresses and the memory allow, and why is said', () => {
  assert.equal(capacity(1_024, 5_000).facts['fit'], 1_024);
  assert.match(capacity(1_024, 5_000).text, /^1,024 fit, the most that a deployment may have/);
  assert.equal(capacity(51, 5_000).facts['fit'], 51);
  assert.equal(capacity(51, 5_000).state, 'warning');
  assert.match(capacity(51, 5_000).text, /^51 fit: the addresses .* --disable-wasm-trap-handler/);
  assert.match(capacity(1_024, 700).text, /^700 fit: memory allows no more; a small module takes 98 KB/);
  assert.equal(capacity(1_024, 0).state, 'error');
});

test('what the system does not say is not made up', () => {
  const { state, text, facts } = describeCapacity({
    ...{ byDeployment: 1_024, byAddresses: 1_024, byMemory: undefined },
    cost: { ...cost, bytes: undefined },
  });
  assert.equal(state, 'ok');
  assert.match(text, /memory for an unknown number; a small module takes an unknown size/);
  assert.ok(!('byMemory' in facts) && !('bytesPerModule' in facts));
});

test('sizes are in powers of 1,024, as the limits of a shell are', () => {
  assert.deepEqual([0, 1023, 1024, 65_536, 10_737_418_240, 2 ** 39, 2 ** 47].map(sizeText), [
    '0 bytes',
    '1023 bytes',
    '1 KB',
    '64 KB',
    '10 GB',
    '512 GB',
    '128 TB',
  ]);
});

test('the table fits into the width of a terminal, and its last line says what follows', () => {
  const text = formatFindings(
    [
      { name: 'Node', state: 'ok', text: 'fine', facts: {} },
      { name: 'state folder', state: 'error', text: `${'word '.repeat(40)}\u001b[2J`, facts: {} },
    ],
    80,
  );
  assert.ok(text.split('\n').every((line) => line.length <= 80));
  assert.ok(!text.includes('\u001b'));
  assert.match(text, /^ {2}ok {5}Node {10}fine\n {2}ERROR {2}state folder {2}word/);
  assert.ok(text.endsWith('\n\n1 error: this keeps a gateway from working.\n'));
});

test.run();
