import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { parseWords } from '../../../../tools/src/cli/arguments.ts';
import { PLACE_OPTIONS, readPlace } from '../../../../tools/src/cli/modbus/place-options.ts';
import { settingsText } from '../../../../tools/src/cli/modbus/place-text.ts';
import { readSelections } from '../../../../tools/src/cli/modbus/selection.ts';
import { readSettings } from '../../../../tools/src/cli/modbus/serial-settings.ts';
import { readUnits } from '../../../../tools/src/cli/modbus/unit-list.ts';
import { readTarget } from '../../../../tools/src/cli/modbus/write-target.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('arguments of gatehouse modbus');

const place = (...args: string[]) => readPlace(parseWords(args, PLACE_OPTIONS).values);
const target = (...texts: string[]) => readTarget(texts, {}, false);

function refuses(work: () => unknown, pattern: RegExp): void {
  assert.throws(
    work,
    (error) => error instanceof GatehouseError && error.code === 'CLI_USAGE' && pattern.test(error.message),
  );
}

test('negative numbers are words, and values of the option before them', () => {
  const options = { offset: { type: 'string' }, yes: { type: 'boolean' } } as const;
  const { values, words } = parseWords(['holding:4', '-5', '--offset', '-40', '--yes', '-6.5', '7'], options);
  assert.deepEqual({ ...values }, { offset: '-40', yes: true });
  assert.deepEqual(words, ['holding:4', '-5', '-6.5', '7']);
  refuses(() => parseWords(['--offset', '--yes'], options), /--offset/);
  refuses(() => parseWords(['--ofset', '3'], options), /--ofset/);
});

test('reads places over TCP with names, IPv4 and IPv6 addresses', () => {
  const where = (...args: string[]) => {
    const { config } = place(...args);
    return config.type === 'modbus-rtu'
      ? ''
      : `${config.type} ${config.host} ${config.port} ${config.unitId} ${config.timeoutMs}`;
  };
  assert.equal(where('--tcp', 'pump.local'), 'modbus-tcp pump.local 502 1 1000');
  assert.equal(where('--tcp', '10.0.0.7:1502', '--unit', '255', '--timeout', '50'), 'modbus-tcp 10.0.0.7 1502 255 50');
  assert.equal(where('--tcp=[fe80::1%eth0]:503'), 'modbus-tcp fe80::1%eth0 503 1 1000');
  assert.equal(where('--tcp', '[::1]'), 'modbus-tcp ::1 502 1 1000');
  assert.equal(where('--rtu-tcp', '10.0.0.8:4001', '--unit', '247'), 'modbus-rtu-tcp 10.0.0.8 4001 247 1000');
});

test('reads serial places, with the defaults of the specification', () => {
  const line = (...args: string[]) => place('--serial', '/dev/ttyUSB0', ...args).lines['line']!;
  assert.equal(settingsText(line()), '19200-8E1');
  assert.equal(settingsText(line('--baud', '9600', '--parity', 'none', '--stop-bits', '2')), '9600-8N2');
});

test('refuses places that are none, and options that do not go together', () => {
  refuses(() => place(), /where is the device\?/);
  refuses(() => place('--tcp', 'a', '--serial', 'b'), /one of --tcp and --serial/);
  refuses(() => place('--tcp', 'http://10.0.0.7/'), /leave out what is before \/\//);
  refuses(() => place('--tcp', '::1'), /IPv6 address goes into brackets/);
  refuses(() => place('--tcp', '10.0.0.7:0'), /the port of --tcp/);
  refuses(() => place('--rtu-tcp', '10.0.0.7'), /--rtu-tcp needs a port: 10.0.0.7:PORT/);
  refuses(() => place('--tcp', 'a', '--unit', '256'), /--unit takes a whole number from 0 to 255/);
  refuses(() => place('--serial', 'a', '--unit', '248'), /--unit takes a whole number from 0 to 247/);
  refuses(() => place('--tcp', 'a', '--baud', '9600'), /--baud goes with --serial/);
  refuses(() => place('--tcp', 'a', '--device', 'pump'), /--device goes with --gateway/);
  refuses(() => place('--serial', 'a', '--parity', 'mark'), /--parity is even, odd or none/);
  refuses(() => place('--tcp', 'a', '--timeout', '5'), /--timeout takes a whole number from 10 to 60000/);
});

test('takes a device of a gateway configuration with its line, and says which there are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-place-'));
  const file = join(folder, 'gateway.json');
  const gateway = {
    deviceId: 'plant',
    lines: { bus: { path: '/dev/ttyS1', baudRate: 9600, timeoutMs: 300 } },
    devices: {
      meter: { type: 'modbus-rtu', line: 'bus', unitId: 5 },
      pump: { type: 'modbus-tcp', host: 'pump', unitId: 2, timeoutMs: 400 },
      scale: { type: 'serial', path: '/dev/ttyS2', framing: { type: 'silence', gapMs: 50 }, frameBytes: 100 },
    },
  };
  try {
    writeFileSync(file, JSON.stringify(gateway));
    const meter = place('--gateway', file, '--device', 'meter', '--unit', '6', '--timeout', '99');
    assert.deepEqual([meter.config.unitId, meter.config.timeoutMs, meter.lines['bus']!.path], [6, 99, '/dev/ttyS1']);
    const pump = place('--gateway', file, '--device', 'pump').config;
    assert.deepEqual([pump.type, pump.unitId, pump.timeoutMs], ['modbus-tcp', 2, 400]);
    refuses(() => place('--gateway', file), /--device is missing; .*there are meter, pump$/);
    refuses(() => place('--gateway', file, '--device', 'scale'), /no Modbus device "scale"; there are meter, pump$/);
    refuses(() => place('--gateway', file, '--device', 'constructor'), /no Modbus device "constructor"/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('reads lists of unit ids and of serial settings', () => {
  assert.deepEqual(readUnits('5,1-3, 2', 247), [1, 2, 3, 5]);
  for (const text of ['', '3-1', '1-', 'a', '248', '1-248', '0x1', '1,,2'])
    refuses(() => readUnits(text, 247), /no range of unit ids/);
  assert.deepEqual(readSettings('19200-8E1,9600-8n2').map(settingsText), ['19200-8E1', '9600-8N2']);
  assert.equal(new Set(readSettings('all').map(settingsText)).size, 32);
  for (const text of ['', '9600', '9600-7E1', '9600-8E3', '9600-8M1', '299-8E1', '9600-8E1,'])
    refuses(() => readSettings(text), /no serial setting/);
});

test('a single address is one value of several registers, a range as many as it has room for', () => {
  const counts = (text: string, type?: string) => readSelections([text], { type })[0]!.range.count;
  assert.deepEqual([counts('holding:7'), counts('holding:7', 'f32'), counts('input:7-14', 'f64')], [1, 2, 8]);
  assert.equal(counts('coil:0-7'), 8);
  refuses(() => counts('holding:0-2', 'u32'), /has 3 registers, and each u32 takes 2/);
  refuses(() => counts('holding:65535', 'u32'), /goes beyond 65535/);
  refuses(() => counts('coil:0', 'u16'), /--type is for registers/);
  refuses(() => counts('register:0'), /"register:0" is no address: at character 1/);
  refuses(() => readSelections([], {}), /an address is missing/);
});

test('an address as manuals write it is refused with the one that is meant', () => {
  const meant = {
    '40001': 'holding:0',
    '400001': 'holding:0',
    '30010': 'input:9',
    '10001': 'discrete:0',
    '00001': 'coil:0',
  };
  for (const [text, address] of Object.entries(meant))
    refuses(
      () => readSelections([text], {}),
      new RegExp(`what a manual calls ${text} is ${address}, for addresses count`),
    );
  for (const text of ['40000', '20001', '4001', '465537']) refuses(() => readSelections([text], {}), /at character 1/);
});

test('writes by the function for one value or for several', () => {
  const code = (...texts: string[]) => target(...texts).request.function;
  assert.deepEqual(
    [code('coil:1', 'on'), code('coil:1-2', '1', 'off'), code('holding:4', '7'), code('holding:4-5', '7', '8')],
    [5, 15, 6, 16],
  );
  assert.deepEqual(
    [readTarget(['coil:1', '1'], {}, true), readTarget(['holding:4', '7'], {}, true)].map(
      ({ request }) => request.function,
    ),
    [15, 16],
  );
  assert.deepEqual([...readTarget(['holding:4', '-2'], { type: 'f32' }, false).request.values], [0xc000, 0]);
});

test('refuses writes that are not complete, not possible or ambiguous', () => {
  refuses(() => target(), /ADDRESS is missing/);
  refuses(() => target('input:0', '1'), /cannot be written/);
  refuses(() => target('discrete:0', '1'), /cannot be written/);
  refuses(() => target('holding:0'), /takes one value, got 0/);
  refuses(() => target('holding:0', '1', '2'), /takes one value, got 2/);
  refuses(() => target('holding:0-1', '1'), /takes 2 values, got 1/);
  refuses(() => target('coil:0', '2'), /a coil is 0, 1, off or on, not "2"/);
  refuses(() => target('coil:0', 'constructor'), /a coil is 0, 1, off or on/);
  refuses(() => target('holding:0-123', '1'), /at most 123, and holding:0-123 has 124/);
  refuses(() => readTarget(['holding:0', '1'], { type: 'bool' }, false), /write the register/);
});

test.run();
