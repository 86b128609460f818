import { assert, report, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { connect, Lab, scan, settled } from './lab.ts';
import { LEAF } from './leaf-services.ts';

const test = suite('seven leaves on the virtual air', { timeoutMs: 120_000, needs: [TOOLS.socat] });
const LEAVES = [1, 2, 3, 4, 5, 6, 7];
const NOTIFICATIONS = 150;
const INTERVAL_MS = 20;

test('one central hears seven leaves that notify fifty times a second each for three seconds, and loses nothing', () =>
  Lab.run(8, async (lab) => {
    await lab.leaves(...LEAVES);
    const noble = await lab.central();
    const found = await scan(noble, LEAVES.length);
    const heard = new Map<string, number[]>();
    const starts: (() => Promise<void>)[] = [];
    for (const [name, leaf] of found) {
      const characteristics = await connect(leaf);
      const counter = characteristics[LEAF.counter]!;
      const values: number[] = [];
      heard.set(name, values);
      counter.on('data', (value: Buffer) => values.push(value.readUInt32LE(0)));
      await settled('subscribe', counter.subscribeAsync());
      const order = Buffer.alloc(4);
      order.writeUInt16LE(NOTIFICATIONS, 0);
      order.writeUInt16LE(INTERVAL_MS, 2);
      starts.push(() => settled('start', characteristics[LEAF.start]!.writeAsync(order, false)));
    }
    const [central] = lab.server.air.status();
    assert.deepEqual([...central!.peers].sort(), LEAVES);
    for (const start of starts) await start();
    const isComplete = (): boolean => [...heard.values()].every((values) => values.length >= NOTIFICATIONS);
    await until('all notifications', isComplete, 60_000);
    const wanted = Array.from({ length: NOTIFICATIONS }, (_, index) => index);
    for (const [name, values] of heard) assert.deepEqual(values, wanted, name);
    report(`${[...heard.values()].flat().length} notifications of ${heard.size} leaves, in order, none lost`);
    for (const leaf of found.values()) await settled('disconnect', leaf.disconnectAsync());
  }));

test.run();
