import { Central, connectOnce, type GattEnd, type GattLink } from '../../../host/src/drivers/ble/central/index.ts';
import { openNobleRadio } from '../../../host/src/drivers/ble/radio/noble-radio.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { Lab } from './lab.ts';
import { LEAF, LONG_VALUE } from './leaf-services.ts';

const test = suite('central of the host on the virtual air', { timeoutMs: 60_000, needs: [TOOLS.socat] });

const pathOf = (characteristic: string) => ({ service: LEAF.service, characteristic });
/** Address of the leaf behind a controller. */
const addressOf = (controller: number): string => `00:AA:01:00:00:0${controller}`;

async function withCentral(lab: Lab, body: (central: Central, logs: string[]) => Promise<void>): Promise<void> {
  const logs: string[] = [];
  const central = new Central({
    radio: { port: lab.server.ttyPath(0), baudRate: 1_000_000 },
    connections: 5,
    openRadio: openNobleRadio(),
    log: (_level, text) => logs.push(text),
  });
  central.open();
  try {
    await body(central, logs);
  } finally {
    await central.close();
  }
}

const endOf = <T>(ask: (ended: (end: GattEnd<T>) => void) => void): Promise<GattEnd<T>> => new Promise(ask);
const read = (link: GattLink, characteristic: string) =>
  endOf<Uint8Array>((ended) => link.read(pathOf(characteristic), ended));

test('hears who advertises, with names when it asks for them', () =>
  Lab.run(3, async (lab) => {
    await lab.leaves(1, 2);
    await withCentral(lab, async (central) => {
      const heard = new Map<string, string>();
      const stop = central.watch({
        mode: 'active',
        heard: ({ address, data }) => heard.set(address, `${heard.get(address) ?? ''}${Buffer.from(data)}`),
      });
      await until('both leaves', () => [1, 2].every((leaf) => heard.get(addressOf(leaf))?.includes(`leaf-${leaf}`)));
      stop();
      await until('silence', () => lab.server.air.status()[0]!.isScanning === false);
    });
  }));

test('connects, says what there is, reads, writes and is notified', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    await withCentral(lab, async (central) => {
      const heard: number[] = [];
      const { link, release } = await connectOnce(central, {
        ...{ address: addressOf(1), timeoutMs: 5_000 },
        notified: (_path, value) => heard.push(Buffer.from(value).readUInt32LE(0)),
      });
      const services = await endOf<readonly string[]>((ended) => link.services(ended));
      assert.ok(services.kind === 'done' && services.value.includes(LEAF.service));
      assert.deepEqual(await read(link, LEAF.long), { kind: 'done', value: new Uint8Array(LONG_VALUE) });
      const data = Buffer.from('hello');
      for (const withResponse of [true, false]) {
        const written = await endOf<undefined>((ended) =>
          link.write(pathOf(LEAF.store), data, { withResponse }, ended),
        );
        assert.equal(written.kind, 'done');
        await leaves.line('written', (line) => line['withoutResponse'] === !withResponse);
      }
      assert.equal((await endOf<undefined>((ended) => link.notify(pathOf(LEAF.counter), true, ended))).kind, 'done');
      await endOf<undefined>((ended) =>
        link.write(pathOf(LEAF.start), Buffer.from([5, 0, 10, 0]), { withResponse: true }, ended),
      );
      await until('five notifications', () => heard.length === 5);
      assert.deepEqual(heard, [0, 1, 2, 3, 4]);
      release();
      await leaves.line('disconnect');
    });
  }));

test.run();
