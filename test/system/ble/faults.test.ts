import { once } from 'node:events';
import type { Peripheral } from '@stoprocent/noble';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { connect, Lab, scan, settled } from './lab.ts';
import { LEAF, LONG_VALUE } from './leaf-services.ts';

const test = suite('faults of the virtual air', { timeoutMs: 60_000, needs: [TOOLS.socat] });
const SUPERVISION_TIMEOUT = 0x08;
const HARDWARE_FAILURE = 0x03;

/** The reason that noble gives when it next loses this peripheral. */
const lossOf = async (leaf: Peripheral): Promise<unknown> => (await once(leaf, 'disconnect'))[0];

test('a dropped link is seen by both sides, and can be made again', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    const noble = await lab.central();
    const leaf = (await scan(noble, 1)).get('leaf-1')!;
    await connect(leaf);
    const loss = lossOf(leaf);
    lab.server.air.drop(1);
    assert.equal(await settled('loss', loss), SUPERVISION_TIMEOUT);
    await leaves.line('disconnect');
    const characteristics = await connect(leaf);
    assert.deepEqual(await settled('read', characteristics[LEAF.long]!.readAsync()), LONG_VALUE);
  }));

test('a frozen leaf answers nothing while its link stays; all its answers come when it thaws', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    const noble = await lab.central();
    const leaf = (await scan(noble, 1)).get('leaf-1')!;
    const characteristics = await connect(leaf);
    lab.server.air.silence(1);
    let isAnswered = false;
    const reading = characteristics[LEAF.store]!.readAsync().then((value) => {
      isAnswered = true;
      return value.toString();
    });
    const lane = laneOf(lab, 1);
    await until('the answer that is held back', () => lane.queued === 1);
    assert.deepEqual([isAnswered, leaf.state], [false, 'connected']);
    lab.server.air.resume(1);
    assert.equal(await settled('read', reading), 'nothing');
    await settled('disconnect', leaf.disconnectAsync());
  }));

test('an answer that is delayed is still the right one', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    const leaf = (await scan(await lab.central(), 1)).get('leaf-1')!;
    const characteristics = await connect(leaf);
    lab.server.air.setDelay(1, 150);
    const started = performance.now();
    assert.equal((await settled('read', characteristics[LEAF.store]!.readAsync())).toString(), 'nothing');
    assert.ok(performance.now() - started >= 149, 'not before the delay is over');
  }));

test('a damaged answer reaches the central as it was damaged', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    const leaf = (await scan(await lab.central(), 1)).get('leaf-1')!;
    const store = (await connect(leaf))[LEAF.store]!;
    lab.server.air.corrupt(1, { how: 'flip', at: 1, packets: 1 }); // the first byte of the value
    const flipped = await settled('read', store.readAsync());
    assert.deepEqual(flipped, Buffer.concat([Buffer.from([~0x6e & 0xff]), Buffer.from('othing')]));
    lab.server.air.corrupt(1, { how: 'cut', at: 4, packets: 1 });
    assert.equal((await settled('read', store.readAsync())).toString(), 'not');
    assert.equal((await settled('read', store.readAsync())).toString(), 'nothing');
  }));

test('when the adapter of a leaf is gone, its central sees a supervision timeout, and the leaf loses its power', () =>
  Lab.run(3, async (lab) => {
    const leaves = await lab.leaves(1, 2);
    const found = await scan(await lab.central(), 2);
    const [lost, kept] = [found.get('leaf-1')!, found.get('leaf-2')!];
    await connect(lost);
    const characteristics = await connect(kept);
    const loss = lossOf(lost);
    await lab.server.unplug(1);
    assert.equal(await settled('loss', loss), SUPERVISION_TIMEOUT);
    await leaves.line('state', (line) => line['name'] === 'leaf-1' && line['state'] === 'poweredOff');
    assert.deepEqual(await settled('read', characteristics[LEAF.long]!.readAsync()), LONG_VALUE, 'the other goes on');
    await lab.server.plug(1);
    await lab.leaves(1);
    await connect(lost);
  }));

test('when the adapter of a central is gone, noble loses its links and its power; a new one works when it is back', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    const noble = await lab.central();
    const leaf = (await scan(noble, 1)).get('leaf-1')!;
    await connect(leaf);
    const [loss, off] = [lossOf(leaf), once(noble, 'stateChange')];
    await lab.server.unplug(0);
    assert.equal(await settled('loss', loss), HARDWARE_FAILURE);
    assert.deepEqual(await settled('power', off), ['poweredOff']);
    await leaves.line('disconnect');
    await lab.server.plug(0);
    const again = (await scan(await lab.central(), 1)).get('leaf-1')!;
    await connect(again);
  }));

test('a leaf whose process is killed keeps its link, as behind a serial line, until another takes its adapter', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    const leaf = (await scan(await lab.central(), 1)).get('leaf-1')!;
    await connect(leaf);
    const loss = lossOf(leaf);
    await leaves.end('SIGKILL');
    assert.equal(leaf.state, 'connected');
    await lab.leaves(1);
    assert.equal(await settled('loss', loss), SUPERVISION_TIMEOUT);
    await connect(leaf);
  }));

/** What a controller sends on its only link. */
function laneOf(lab: Lab, index: number) {
  const [end] = lab.server.air.controller(index).links.values();
  return end!.link.laneFrom(end!);
}

test.run();
