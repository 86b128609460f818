import { assert, suite } from '../../test/lib/suite.ts';
import { answerFrame, messageFrame, methodFrame, timerFrame } from './lib/event-frames.ts';
import { fixture, TARGETS } from './lib/fixture.ts';
import type { Effects } from './lib/host-double.ts';
import { HostDouble } from './lib/host-double.ts';
import { readHttpRequest } from './lib/http-payload.ts';
import type { ModuleUnderTest } from './lib/module-under-test.ts';

const test = suite('sdk capabilities');
const capabilities = await fixture('capabilities');

interface Called {
  readonly result: number;
  readonly effects: Effects;
}

function call(module: ModuleUnderTest, name: string, payload: Record<string, unknown> = {}): Called {
  const effects = module.commit(methodFrame(7, name, JSON.stringify(payload)));
  assert.deepEqual(module.host.invalid, []);
  const [response] = effects.responses;
  assert.deepEqual([response?.request, response?.status], [7, 200]);
  return { result: (JSON.parse(response!.payload) as { result: number }).result, effects };
}

/** A Modbus answer block. */
function block(table: number, address: number, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + ((values.length * 2 + 3) & ~3));
  bytes.writeUInt8(table, 0);
  bytes.writeUInt16LE(address, 2);
  bytes.writeUInt16LE(values.length, 4);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 8 + index * 2);
  return bytes;
}

for (const target of TARGETS) {
  const open = (): ModuleUnderTest => capabilities.open(target);

  test(`[ABI-4.3] ${target}: text, bytes and JSON are emitted on the output they were made for`, () => {
    const module = open();
    const text = 'Über 9000 €😀';
    assert.deepEqual(call(module, 'emitText', { text }).effects.emitted, [
      { output: 'out', isJson: false, properties: [], body: Buffer.from(text) },
    ]);
    assert.deepEqual(call(module, 'emitBytes', { text }).effects.emitted, [
      { output: 'other', isJson: false, properties: [], body: Buffer.from(text) },
    ]);
    const properties = [
      ['k', text],
      ['ü', ''],
    ] as const;
    assert.deepEqual(call(module, 'emitJson', { text, number: 1.5 }).effects.emitted, [
      { output: 'out', isJson: true, properties, body: Buffer.from('{"x":1.5}') },
    ]);
  });

  test(`[ABI-6.1] ${target}: the status of an import reaches the module`, () => {
    const host = new HostDouble();
    const module = capabilities.open(target, host);
    host.statuses.set('message.output', -5);
    assert.equal(call(module, 'emitText').result, -5);
    host.statuses.clear();
    assert.equal(call(module, 'emitText').result, 0);
    for (const [name, method] of Object.entries({
      'message.emit': 'emitText',
      'timer.set': 'once',
      'timer.clear': 'clear',
      'twin.report': 'report',
      'kv.set': 'setText',
      'kv.remove': 'remove',
      'modbus.request': 'readHolding',
      'serial.request': 'send',
      'modbus-server.request': 'setBit',
      'http.request': 'httpGet',
      'ble.request': 'bleRead',
      'mqtt.request': 'publishText',
    })) {
      host.statuses.set(name, -99);
      assert.equal(call(module, method, { text: 'x', number: 1 }).result, -99, name);
    }
  });

  test(`[ABI-4.2] ${target}: inputs are told apart by name`, () => {
    const module = open();
    module.host.inputs.push('first', 'right');
    for (const [input, name] of [
      [0, 'elsewhere'],
      [1, 'right'],
      [2, 'left'],
      [3, 'elsewhere'],
    ] as const) {
      module.commit(
        messageFrame({
          input,
          properties: [
            ['key', 'value'],
            ['ke', ''],
          ],
        }),
      );
      assert.deepEqual(module.host.logs.splice(0), [
        { level: 6, text: name },
        { level: 7, text: 'value' },
      ]);
    }
    assert.deepEqual(module.host.inputs, ['first', 'right', 'left']);
  });

  test(`${target}: log lines have the levels of syslog`, () => {
    const module = open();
    call(module, 'log', { text: 'Zeile ä\ud83d' });
    const text = 'Zeile ä\ufffd';
    assert.deepEqual(
      module.host.logs,
      [3, 4, 6, 7].map((level) => ({ level, text })),
    );
  });

  test(`[ABI-4.7] ${target}: timers run once or periodically, and know their events`, () => {
    const module = open();
    assert.deepEqual(call(module, 'every', { number: 100 }).effects.timers, [
      { timer: 5, delayMs: 100, periodMs: 100 },
    ]);
    assert.deepEqual(call(module, 'everyLater', { number: 100 }).effects.timers, [
      { timer: 5, delayMs: 7, periodMs: 100 },
    ]);
    assert.deepEqual(call(module, 'once', { number: 50 }).effects.timers, [{ timer: 5, delayMs: 50, periodMs: 0 }]);
    assert.deepEqual(call(module, 'clear').effects.timers, [{ timer: 5, delayMs: -1, periodMs: -1 }]);
    module.commit(timerFrame(5));
    module.commit(timerFrame(6));
    assert.deepEqual(
      module.host.logs.map(({ text }) => text),
      ['mine', 'not mine'],
    );
  });

  test(`[ABI-4.8] ${target}: reported properties are merged as JSON`, () => {
    assert.deepEqual(call(open(), 'report', { text: 'läuft' }).effects.reported, [{ state: 'läuft', gone: null }]);
  });

  test(`[ABI-4.9] ${target}: a method may be answered in a later event`, () => {
    const module = open();
    call(module, 'later');
    assert.deepEqual(module.commit(timerFrame(0)).responses, [{ request: 7, status: 202, payload: '{"late":true}' }]);
  });

  test(`[ABI-3.3] ${target}: a refused event returns another value than 0, the next one 0 again`, () => {
    const module = open();
    assert.deepEqual(module.deliver(methodFrame(1, 'refuse')), { kind: 'refused', status: 1 });
    assert.equal(module.deliver(timerFrame(0)).kind, 'committed');
  });

  test(`[ABI-4.10] ${target}: state is kept as text, number and bytes, of any length`, () => {
    const module = open();
    assert.equal(call(module, 'getText').result, -5);
    assert.equal(call(module, 'getBytes').result, -5);
    assert.equal(call(module, 'getNumber').result, -1);
    for (const length of [0, 1, 63, 64, 65, 1000, 65_536]) {
      const text = 'x'.repeat(length);
      assert.equal(call(module, 'setText', { text }).result, 0);
      assert.equal(call(module, 'getText').result, length);
      assert.equal(call(module, 'getBytes').result, length);
      if (length > 0) assert.equal(module.host.logs.at(-1)!.text, text);
    }
    assert.deepEqual([...module.state.keys()], ['key-ä']);
    assert.equal(call(module, 'getNumber').result, -1);
    assert.equal(call(module, 'setNumber', { number: 123456789 }).result, 0);
    assert.equal(call(module, 'getNumber').result, 123456789);
    assert.equal(call(module, 'setBytes', { text: 'ä' }).result, 0);
    assert.equal(call(module, 'getBytes').result, 2);
    assert.equal(call(module, 'remove').result, 0);
    assert.equal(call(module, 'remove').result, -5);
  });

  test(`${target}: Modbus requests have the layout of the driver`, () => {
    const module = open();
    const name = Buffer.from('pumpe-ä').toString('hex');
    const expected: Record<string, string> = {
      readCoils: '010803000400000000000000',
      readDiscrete: '020805000600000000000000',
      readHolding: '030802010a00000000000000',
      readInput: '040801000200000000000000',
      writeCoil: '0508010001000000f401000001',
      writeRegister: '060802000100000000000000cdab',
      writeCoils: '0f0803000300000009000000010001',
      writeRegisters: '1008040002000000701101000100 0302'.replace(' ', ''),
      maskRegister: '1608040001000000f4010000f2002500',
      readWriteRegisters: '1708030006000000701101000e000200ff00feff',
      identify: '2b0800000100000000000000',
      identifyAll: '2b0800000300000000000000',
      subscribe: `000800000a00000000000000${Buffer.from('schnell-ö').toString('hex')}`,
    };
    let request = 1;
    for (const [method, hex] of Object.entries(expected)) {
      const { result, effects } = call(module, method);
      assert.equal(result, request++);
      assert.deepEqual(
        effects.requests.map((bytes) => bytes.toString('hex')),
        [hex + name],
        method,
      );
    }
  });

  test(`${target}: MQTT requests have the layout of the driver`, () => {
    const module = open();
    const name = Buffer.from('werk-ä').toString('hex');
    const expected: Record<string, string> = {
      publishJson: `0007010004000000fa000000${Buffer.from('a/ö{"on":true}').toString('hex')}`,
      publishText: `0007000101000000fa000000${Buffer.from('tä').toString('hex')}`,
      publishBytes: '0007010001000000fa0000006201ff',
    };
    for (const [method, hex] of Object.entries(expected)) {
      const { effects } = call(module, method);
      assert.deepEqual(
        effects.requests.map((bytes) => bytes.toString('hex')),
        [hex + name],
        method,
      );
    }
  });

  test(`${target}: serial requests have the layout of the driver`, () => {
    const module = open();
    const name = Buffer.from('waage-ä').toString('hex');
    const expected: Record<string, string> = {
      listen: '0008000000000000',
      send: '01080200f401000001ff',
      sendText: '0108040000000000c3a40d0a',
      exchange: '020801007011010002',
      exchangeText: '020801000000000057',
    };
    for (const [method, hex] of Object.entries(expected)) {
      const { effects } = call(module, method);
      assert.deepEqual(
        effects.requests.map((bytes) => bytes.toString('hex')),
        [hex + name],
        method,
      );
    }
  });

  test(`${target}: requests to a Modbus server have the layout of the driver`, () => {
    const module = open();
    const name = Buffer.from('leitstand-ä').toString('hex');
    const expected: Record<string, string> = {
      setBit: '020c03000100000000000000' + '01',
      setBits: '010c02010300000000000000' + '010001',
      setRegister: '030cffff0100000000000000' + 'cdab',
      setRegisters: '040c00000200000000000000' + '01000302',
      setU32: '040c07000200000000000000' + '34127856',
      setU32LowFirst: '040c07000200000000000000' + '78563412',
      setFloat: '030c01000200000000000000' + 'ac410000',
      accept: '000c00000000000000000000',
    };
    for (const [method, hex] of Object.entries(expected)) {
      const { effects } = call(module, method);
      assert.deepEqual(
        effects.requests.map((bytes) => bytes.toString('hex')),
        [hex + name],
        method,
      );
    }
  });

  test(`${target}: a write of a Modbus client is read, and the next one asked for`, () => {
    const module = open();
    const { result } = call(module, 'accept');
    assert.equal(call(module, 'accept').effects.requests.length, 0, 'asked for already');
    const write = Buffer.from(`0310640002000e0034127856${Buffer.from('10.0.0.7:50312').toString('hex')}`, 'hex');
    const effects = module.commit(answerFrame({ request: result, payload: write }));
    assert.deepEqual(JSON.parse(effects.emitted[0]!.body.toString()), {
      ...{ table: 3, address: 100, count: 2, first: 0x1234, high: 0x12345678, low: 0x56781234 },
      ...{ client: '10.0.0.7:50312', coil: false, outside: false },
    });
    assert.equal(effects.requests.length, 1);
    assert.equal(effects.requests[0]![0], 0);
    const nothing = module.commit(answerFrame({ request: result + 1, status: -7 }));
    assert.deepEqual(nothing.emitted, []);
    assert.equal(nothing.requests.length, 1, 'asks again when there was none');
    const closing = module.commit(answerFrame({ request: result + 2, status: -11 }));
    assert.equal(closing.requests.length + closing.emitted.length, 0);
  });

  test(`${target}: HTTP requests have the layout of the driver`, () => {
    const module = open();
    const plain = { scheme: 1, host: 'a.b', port: 8080, timeoutMs: 250, headers: [], body: '' };
    const secure = { scheme: 2, host: '[::1]', port: 443, timeoutMs: 0, headers: ['content-type: application/json'] };
    const expected: Record<string, Record<string, unknown>> = {
      httpGet: { ...plain, method: 1, path: '/x?y=1' },
      httpPost: { ...secure, method: 3, path: '/h', body: '{"on":true}' },
      httpText: { ...plain, method: 3, path: '/t', headers: ['content-type: text/plain'], body: 'ä' },
      httpPut: { ...secure, method: 4, path: '/p', body: '{}' },
      httpDelete: { ...plain, method: 6, path: '/d' },
    };
    for (const [method, request] of Object.entries(expected)) {
      const { effects } = call(module, method);
      assert.deepEqual(effects.requests.map(readHttpRequest), [request], method);
    }
  });

  test(`${target}: Bluetooth requests have the layout of the driver`, () => {
    const module = open();
    const name = Buffer.from('fühler').toString('hex');
    const short = (uuid: string): string => `0000${uuid}00001000800000805f9b34fb`;
    const path = short('181a') + short('2a6e');
    const long = `6e400001b5a3f393e0a9e50e24dcca9e${short('00ff')}`;
    const none = '00'.repeat(32);
    const expected: Record<string, string> = {
      bleRead: `0007000010270000${path}`,
      bleWrite: `01070300f4010000${path}0102ff`,
      bleCommand: `0207000000000000${long}`,
      bleSubscribe: `0307000000000000${path}`,
      bleUnsubscribe: `0407000000000000${path}`,
      bleWatch: `0507000000000000${none}`,
      bleUnwatch: `0407000000000000${none}`,
      bleListen: `0607000000000000${none}`,
      bleUnlisten: `0407000000000000${none}`,
    };
    for (const [method, hex] of Object.entries(expected)) {
      const { effects } = call(module, method);
      assert.deepEqual(
        effects.requests.map((bytes) => bytes.toString('hex')),
        [hex + name],
        method,
      );
    }
    for (const place of ['', '181a', '181a/', '181a/2a6', '181a/2a6g', `${'0'.repeat(33)}/2a6e`, '/181a'])
      assert.equal(open().deliver(methodFrame(7, 'blePlace', JSON.stringify({ text: place }))).kind, 'trapped', place);
  });

  test(`${target}: values of a Modbus answer are found by table and address`, () => {
    const module = open();
    const payload = Buffer.concat([block(1, 6, [0, 1, 0]), block(3, 0, [0x1234, 0x5678]), block(3, 5, [1, 2, 3])]);
    const [emitted] = module.commit(answerFrame({ request: 1, payload })).emitted;
    assert.deepEqual(JSON.parse(emitted!.body.toString()), {
      blocks: [
        [1, 6, 0, 1, 0],
        [3, 0, 0x1234, 0x5678],
        [3, 5, 1, 2, 3],
      ],
      holding1: 0x5678,
      coil7: 1,
      high: 0x12345678,
      low: 0x56781234,
      tooMany: true,
    });
    const failed = module.commit(answerFrame({ request: 2, status: -7 })).emitted[0]!.body.toString();
    assert.deepEqual(JSON.parse(failed), { blocks: [], holding1: -1, coil7: -1, tooMany: true });
  });

  test(`${target}: objects of an identification are found by id`, () => {
    const module = open();
    const told = (parts: readonly (readonly [id: number, value: string])[]): unknown => {
      const objects = parts.map(([id, value]) =>
        Buffer.concat([Buffer.of(id, Buffer.byteLength(value)), Buffer.from(value)]),
      );
      const payload =
        parts.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.of(0x83, 0, parts.length, 0), ...objects]);
      const { emitted } = module.commit(answerFrame({ request: 43, status: parts.length === 0 ? -7 : 0, payload }));
      return JSON.parse(emitted[0]!.body.toString());
    };
    const objects = [
      [0, 'Müller'],
      [1, ''],
      [128, 'x'],
      [255, 'y'.repeat(245)],
    ] as const;
    assert.deepEqual(told(objects), { ids: [0, 1, 128, 255], vendor: 'Müller', last: 245, hasUrl: false });
    assert.deepEqual(told([[3, 'url']]), { ids: [3], vendor: '-', last: -1, hasUrl: true });
    assert.deepEqual(told([]), { ids: [], vendor: '-', last: -1, hasUrl: false });
  });
}

test.run();
