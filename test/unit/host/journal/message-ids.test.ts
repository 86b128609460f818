import { MessageIds } from '../../../../host/src/journal/message-ids.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('message ids');
const BLOCK = 2 ** 28;

test('goes on behind everything that was reserved, under the next epoch', () => {
  const ids = MessageIds.goOn({ epoch: 7, sequences: 1_000 }, () => 0);
  assert.equal(ids.epoch, 8);
  assert.deepEqual([ids.take(), ids.take()], [1_000, 1_001]);
  assert.deepEqual(ids.reservation, { epoch: 8, sequences: 1_000 + BLOCK });
  assert.deepEqual(ids.used, { epoch: 8, sequences: 1_002 });
});

test('gives out nothing that is not reserved', () => {
  const ids = MessageIds.goOn({ epoch: 1, sequences: 0 }, () => 0);
  for (let n = 0; n < 1_000; n++) ids.take();
  assert.equal(ids.isLow, false);
  const { extended } = ids;
  assert.equal(extended.sequences, 1_000 + BLOCK);
  ids.extend(extended);
  assert.equal(ids.reservation.sequences, 1_000 + BLOCK);
});

test('jumps further ahead than anybody can have come, to a place that differs each time, when it cannot know', () => {
  const used = { epoch: 5, sequences: 1_000 };
  let random = 0;
  const starts = Array.from({ length: 50 }, () => MessageIds.leap(used, () => (random += 2 ** 33)));
  assert.ok(starts.every((ids) => ids.used.sequences > 1_000 + 2 ** 35 && ids.epoch > 2 ** 35));
  assert.equal(new Set(starts.map((ids) => ids.used.sequences)).size, 50);
});

test('begins anywhere in the lower half when nothing is known, or when the upper half is used up', () => {
  for (const used of [
    { epoch: undefined, sequences: undefined },
    { epoch: 1, sequences: Number.MAX_SAFE_INTEGER - 5 },
  ]) {
    const ids = MessageIds.leap(used, () => 2 ** 47 + 3);
    assert.ok(ids.used.sequences < 2 ** 52 && Number.isSafeInteger(ids.take()));
  }
  assert.ok(MessageIds.goOn({ epoch: 1, sequences: Number.MAX_SAFE_INTEGER - 5 }, () => 3).used.sequences < 2 ** 52);
});

test.run();
