import { checkSerial } from '../../../../host/src/check/check-serial.ts';
import { readGateway } from '../../../../host/src/configuration/decode-gateway.ts';
import { serialTransport } from '../../../../host/src/drivers/modbus/rtu/serial-transport.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('check of serial lines');
const missing = () => Promise.reject(new Error('the package "serialport" is not installed'));

async function problemsOf(lines: object, load?: typeof missing, devices = {}) {
  const { value, log } = readGateway(JSON.stringify({ deviceId: 'g', lines, devices }), 'gateway.json');
  const leaves = { devices: value?.devices ?? {}, lines: value?.lines ?? {} };
  await checkSerial(leaves, (path, problem) => log.add({ ...problem, path }), load);
  return log.problems;
}

test('warns of lines while the package for serial ports is not installed', async () => {
  const [problem, ...others] = await problemsOf({ bus: { path: '/dev/ttyUSB0' } }, missing);
  assert.equal(others.length, 0);
  assert.deepEqual([problem?.severity, problem?.code, problem?.path], ['warning', 'SERIAL_MISSING', 'lines']);
});

test('the same for a device with a port of its own, and not for others', async () => {
  const gps = { type: 'serial', path: '/dev/ttyS1', framing: { type: 'silence', gapMs: 5 } };
  const [problem, ...others] = await problemsOf({}, missing, { gps });
  assert.equal(others.length, 0);
  assert.deepEqual([problem?.severity, problem?.code, problem?.path], ['warning', 'SERIAL_MISSING', 'devices']);
  assert.deepEqual(await problemsOf({}, missing, { pump: { type: 'modbus-tcp', host: 'a' } }), []);
});

test('says nothing when it is there, or when there is no line', async () => {
  assert.deepEqual(await problemsOf({ bus: { path: '/dev/ttyUSB0' } }), []);
  assert.deepEqual(await problemsOf({}, missing), []);
});

test('a line that cannot be opened for that says so', async () => {
  const line = {
    path: '/dev/ttyUSB0',
    baudRate: 9600,
    parity: 'none',
    stopBits: 1,
    timeoutMs: 1,
    turnaroundMs: 1,
  } as const;
  const error = await new Promise<Error | undefined>((closed) => {
    serialTransport(line, missing)({ connected: () => {}, received: () => {}, closed });
  });
  assert.equal(error?.message, 'the package "serialport" is not installed');
});

test.run();
