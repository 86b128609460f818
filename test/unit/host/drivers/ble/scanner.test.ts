import { readAdvertised } from '../../../../../host/src/drivers/ble/ad-structures.ts';
import { decodeAdvertisement } from '../../../../../host/src/drivers/ble/advertisement-codec.ts';
import type { BleScanConfig } from '../../../../../host/src/drivers/ble/config.ts';
import { BLE_LIMITS } from '../../../../../host/src/drivers/ble/limits.ts';
import { decodeExtendedReports, decodeReports } from '../../../../../host/src/drivers/ble/radio/advertising-report.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { addressOf, type BleAnswer, BleRig } from './ble-rig.ts';

const test = suite('advertisements of the Bluetooth driver');
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

class Ear {
  readonly rig: BleRig;
  readonly answers: BleAnswer[];

  private constructor(rig: BleRig, answers: BleAnswer[]) {
    this.rig = rig;
    this.answers = answers;
  }

  static async open(changes: Partial<BleScanConfig> = {}): Promise<Ear> {
    const air: BleScanConfig = { type: 'ble-scan', scan: 'active', intervalMs: 1_000, perSecond: 100, ...changes };
    const rig = new BleRig({ devices: { air }, peers: [] });
    await rig.driver.open();
    const answers = rig.ask({ kind: 'advertisements' }, 'air');
    await rig.pass(100);
    return new Ear(rig, answers);
  }

  hear(sender: number, hex: string, changes: { isScanResponse?: boolean; rssi?: number } = {}): void {
    this.rig.radio.events.advertised({
      ...{ address: addressOf(sender), addressType: 'public', rssi: -60, isConnectable: true, isScanResponse: false },
      ...{ data: bytes(hex), ...changes },
    });
  }

  /** What modules were told: sender, data and scan response. */
  get heard(): string[] {
    return this.answers.map(({ payload }) => {
      const { address, data, response } = decodeAdvertisement(payload)!;
      return `${address.slice(-2)} ${Buffer.from(data).toString('hex')} ${Buffer.from(response).toString('hex')}`.trim();
    });
  }
}

test('a sender is told once an interval; what is new in between waits, the newest of it', async () => {
  const ear = await Ear.open();
  for (let time = 0; time < 500; time += 100) {
    ear.hear(1, '020106');
    await ear.rig.pass(100);
  }
  assert.deepEqual(ear.heard, ['01 020106']);
  ear.hear(1, '020107');
  ear.hear(1, '020108');
  await ear.rig.pass(600);
  assert.deepEqual(ear.heard.slice(1), ['01 020108']);
  await ear.rig.pass(5_000);
  assert.equal(ear.heard.length, 2, 'nothing is told that was not heard');
  ear.hear(1, '020108');
  assert.equal(ear.heard.length, 3);
  await ear.rig.driver.close();
});

test('what is new of a sender waits for the time of that sender, and not for that of another', async () => {
  const ear = await Ear.open();
  ear.hear(1, '020106');
  await ear.rig.pass(800);
  ear.hear(2, '020106');
  ear.hear(2, '020107');
  ear.hear(1, '020107');
  await ear.rig.pass(300);
  assert.deepEqual(ear.heard.slice(2), ['01 020107']);
  await ear.rig.pass(800);
  assert.deepEqual(ear.heard.slice(3), ['02 020107']);
  await ear.rig.driver.close();
});

test('a scan response is told with what it responds to', async () => {
  const ear = await Ear.open({ intervalMs: 0 });
  ear.hear(1, '020106');
  ear.hear(1, '0409 616263', { isScanResponse: true });
  ear.hear(1, '020106');
  assert.deepEqual(ear.heard, ['01 020106', '01 020106 0409616263', '01 020106 0409616263']);
  await ear.rig.driver.close();
});

test('more than so many a second, of all senders, is dropped and counted', async () => {
  const ear = await Ear.open({ perSecond: 10 });
  for (let sender = 1; sender <= 30; sender++) ear.hear(sender, '020106');
  assert.equal(ear.heard.length, 10);
  await ear.rig.pass(1_000);
  for (let sender = 1; sender <= 30; sender++) ear.hear(sender, '020106');
  assert.equal(ear.heard.length, 20);
  assert.equal(ear.rig.status('air')['dropped'], 40);
  await ear.rig.driver.close();
});

test('senders that invent addresses without end are forgotten, the oldest first', async () => {
  const ear = await Ear.open({ perSecond: 1_000 });
  for (let sender = 0; sender < 3 * BLE_LIMITS.senders; sender++)
    ear.rig.radio.events.advertised({
      ...{ address: `AA:BB:CC:00:${(sender >> 8).toString(16)}:${sender & 255}`, addressType: 'random', rssi: -60 },
      ...{ isConnectable: false, isScanResponse: false, data: bytes('020106') },
    });
  const { senders, sendersForgotten } = ear.rig.status('air');
  assert.deepEqual([senders, sendersForgotten], [BLE_LIMITS.senders, 2 * BLE_LIMITS.senders]);
  await ear.rig.driver.close();
});

for (const [what, filters, accepted] of [
  ['a short service', { services: ['181a'] }, [1, 3]],
  ['a long service', { services: ['6e400001b5a3f393e0a9e50e24dcca9e'] }, [4]],
  ['manufacturers', { manufacturers: [0x0499, 0x004c] }, [2]],
  ['the beginning of a name', { names: ['Ruu', 'X'] }, [2]],
  ['an address', { addresses: [addressOf(4)] }, [4]],
  ['strength', { rssiMin: -70 }, [1, 2, 4]],
  ['all of several kinds', { services: ['181a'], rssiMin: -70 }, [1]],
] as const)
  test(`filters by ${what}`, async () => {
    const ear = await Ear.open({ intervalMs: 0, ...filters });
    ear.hear(1, '0303 1a18');
    ear.hear(2, '05ff 99040501 060952757576 69');
    ear.hear(3, '0516 1a18 0102', { rssi: -71 });
    ear.hear(4, '1107 9ecadc240ee5a9e093f3a3b50100406e', { rssi: 127 });
    ear.hear(5, '02');
    ear.hear(5, '30ff9904', { rssi: -90 });
    const expected = accepted.map((sender) => addressOf(sender).slice(-2));
    assert.deepEqual(
      [...new Set(ear.heard.map((text) => text.slice(0, 2)))].filter((sender) => sender !== '05'),
      expected,
    );
    if (what !== 'strength') assert.ok(!ear.heard.some((text) => text.startsWith('05')));
    await ear.rig.driver.close();
  });

test('AD structures are read as far as they are whole', () => {
  const found = readAdvertised(bytes('020106 0303 0f18 05ff 4c000215 0308 4142'));
  assert.deepEqual([...found.services], ['180f']);
  assert.deepEqual([...found.manufacturers], [0x004c]);
  assert.equal(found.name, 'AB');
  for (const hex of ['', '00', 'ff', '01', '0303', '03030f', '0216', '01ff', '02ff4c', '1107'])
    assert.deepEqual([...readAdvertised(bytes(hex)).services], [], hex);
});

// Laid out by hand from the drawings of Bluetooth Core 5.4, Vol 4, Part E, 7.7.65.2 and 7.7.65.13.
test('reports of a controller are read one by one, and not beyond their end', () => {
  const one = '0001 0302013 8c1a4 03 020106 b5'.replaceAll(' ', '');
  const event = bytes(`${one}04000f0201 38c1a4 00 7f`);
  const reports = decodeReports(event, 2);
  assert.deepEqual(reports, [
    {
      ...{ address: 'A4:C1:38:01:02:03', addressType: 'random', rssi: -75, isConnectable: true, isScanResponse: false },
      data: bytes('020106'),
    },
    {
      ...{ address: 'A4:C1:38:01:02:0F', addressType: 'public', rssi: 127, isConnectable: false, isScanResponse: true },
      data: bytes(''),
    },
  ]);
  for (let end = 0; end < event.length; end++) assert.ok(decodeReports(event.subarray(0, end), 2).length < 2);
  const extended = bytes(`1300 01 03020138c1a4 01 00 ff 7f b5 0000 00 000000000000 03 020106`);
  const [report] = decodeExtendedReports(extended, 1);
  assert.deepEqual([report?.address, report?.rssi, report?.isConnectable], ['A4:C1:38:01:02:03', -75, true]);
  for (let end = 0; end < extended.length; end++)
    assert.deepEqual(decodeExtendedReports(extended.subarray(0, end), 1), []);
  extended[0] = 0x33;
  assert.deepEqual(decodeExtendedReports(extended, 1), [], 'more of it would follow');
});

test.run();
