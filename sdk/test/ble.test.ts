import { assert, suite } from '../../test/lib/suite.ts';
import { answerFrame } from './lib/event-frames.ts';
import { fixture, TARGETS } from './lib/fixture.ts';
import type { ModuleUnderTest } from './lib/module-under-test.ts';

const test = suite('sdk answers of Bluetooth');
const answers = await fixture('ble-answers');

type Answer = Parameters<typeof answerFrame>[0];

function told(module: ModuleUnderTest, answer: Answer): unknown {
  const [emitted] = module.commit(answerFrame(answer)).emitted;
  return JSON.parse(emitted!.body.toString());
}

/** An advertisement as the host writes it. */
function advertisement(data: string, response: string, flags = '0101'): Buffer {
  const head = `a4c138010203${flags}b500${Buffer.from([data.length / 2, 0]).toString('hex')}`;
  return Buffer.from(head + data + response, 'hex');
}

for (const target of TARGETS) {
  const open = (): ModuleUnderTest => answers.open(target);

  test(`${target}: a value is told from news of the link, and read as numbers and text`, () => {
    const module = open();
    const payload = Buffer.from('64feff41', 'hex');
    assert.deepEqual(told(module, { request: 1, detail: 7, payload }), {
      ...{ isValue: true, number: 7, u8: 0x64, u16: 0xfffe, i16: -2, u32: 0x41fffe64, text: 'd\ufffd\ufffdA' },
    });
    assert.deepEqual(told(module, { request: 1 }), { isValue: false, number: 0 });
    assert.deepEqual(told(module, { request: 1, status: -6, detail: 257 }), { isValue: false, number: 257 });
  });

  test(`${target}: reading beyond a value aborts`, () => {
    const outcome = open().deliver(answerFrame({ request: 1, detail: 1, payload: Buffer.from([1, 2, 3]) }));
    assert.equal(outcome.kind, 'trapped');
  });

  test(`${target}: structures are found in data and scan response, and none beyond an end`, () => {
    const module = open();
    const data = '02010605ff990405aa05161a18feff';
    const response = '04086162630309616263'; // the second one says that it is one byte shorter than it is
    assert.deepEqual(told(module, { request: 2, payload: advertisement(data, response) }), {
      ...{ address: 'A4:C1:38:01:02:03', isRandom: true, isConnectable: true, rssi: -75, name: 'ab' },
      ...{ company: 5, service: -2, types: [1, 255, 22, 8, 9] },
    });
    const cut = { request: 2, payload: advertisement('0201060aff9904', '05ff9904', '0000') };
    assert.deepEqual(told(module, cut), {
      ...{ address: 'A4:C1:38:01:02:03', isRandom: false, isConnectable: false, rssi: -75, types: [1] },
    });
    assert.deepEqual((told(module, { request: 2, payload: advertisement('', '0308') }) as { types: [] }).types, []);
    assert.deepEqual((told(module, { request: 2, payload: advertisement('00', '0008') }) as { types: [] }).types, []);
  });
}

test.run();
