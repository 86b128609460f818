import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { connect, Lab, scan, settled } from './lab.ts';

const test = suite('simulated environmental sensor', { timeoutMs: 60_000, needs: [TOOLS.socat] });
const SENSING = '181a';

test('is found by its service and name, and says what it measures, how full it is and what it is', () =>
  Lab.run(2, async (lab) => {
    const sensor = await lab.sensor(1, ['--name', 'boiler room', '--interval-ms', '20', '--seed', '7']);
    const peripheral = (await scan(await lab.central(), 1, [SENSING])).get('boiler room')!;
    const sensing = await connect(peripheral, SENSING);
    await sensor.line('connected', (line) => line['address'] === '00:aa:01:00:00:00');
    assert.deepEqual(Object.keys(sensing).sort(), ['2a6d', '2a6e', '2a6f']);
    const temperature = (await settled('read', sensing['2a6e']!.readAsync())).readInt16LE(0) / 100;
    const humidity = (await settled('read', sensing['2a6f']!.readAsync())).readUInt16LE(0) / 100;
    const pressure = (await settled('read', sensing['2a6d']!.readAsync())).readUInt32LE(0) / 10;
    assert.ok(temperature > 18 && temperature < 25, `${temperature} °C`);
    assert.ok(humidity > 35 && humidity < 55, `${humidity} %`);
    assert.ok(pressure > 100_000 && pressure < 103_000, `${pressure} Pa`);

    const others = await settled(
      'discovery',
      peripheral.discoverSomeServicesAndCharacteristicsAsync(['180f', '180a'], []),
    );
    const texts = new Map<string, Buffer>();
    for (const characteristic of others.characteristics)
      texts.set(characteristic.uuid, await settled('read', characteristic.readAsync()));
    assert.deepEqual(texts.get('2a19'), Buffer.from([100]));
    assert.deepEqual([`${texts.get('2a29')}`, `${texts.get('2a25')}`], ['Gatehouse', 'sim-7']);

    const heard = { '2a6e': 0, '2a6f': 0, '2a6d': 0 };
    for (const uuid of Object.keys(heard) as (keyof typeof heard)[]) {
      sensing[uuid]!.on('data', () => heard[uuid]++);
      await settled('subscribe', sensing[uuid]!.subscribeAsync());
    }
    await until('five notifications of each', () => Object.values(heard).every((count) => count >= 5));
  }));

test('hangs up and stops advertising when it is told to end', () =>
  Lab.run(2, async (lab) => {
    const sensor = await lab.sensor(1);
    const peripheral = (await scan(await lab.central(), 1, [SENSING])).get('gatehouse-sensor')!;
    await connect(peripheral, SENSING);
    assert.equal(await sensor.end('SIGTERM'), 0);
    await until('the end of the link', () => peripheral.state === 'disconnected');
    assert.equal(sensor.stderr, '');
    assert.equal(lab.server.air.status()[1]!.isAdvertising, false);
  }));

test('ends with a sentence when its adapter is lost, or its command line is wrong', () =>
  Lab.run(1, async (lab) => {
    const sensor = await lab.sensor(0);
    await lab.server.unplug(0);
    await until('its complaint', () => sensor.stderr !== '');
    assert.equal(await sensor.end(), 1);
    assert.match(sensor.stderr, /^sensor: the adapter at .*hci0 is (poweredOff|gone)\n$/);
    const wrong = lab.start('tools/simulators/ble/sensor.ts', ['--tty', 'x', '--interval-ms', '1']);
    await until('its complaint', () => wrong.stderr !== '');
    assert.equal(await wrong.end(), 2);
    assert.match(
      wrong.stderr,
      /^sensor: --interval-ms: expected a whole number from 10 to 3600000, got "1"\nTry --help\.\n$/,
    );
  }));

test.run();
