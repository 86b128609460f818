import { assert, suite } from '../../test/lib/suite.ts';
import { messageFrame, timerFrame } from './lib/event-frames.ts';
import { fixture, TARGETS } from './lib/fixture.ts';

const test = suite('sdk memory', { timeoutMs: 120_000 });
const [churn, empty] = await Promise.all([fixture('churn'), fixture('empty')]);

const EVENTS = 60_000;

for (const target of TARGETS) {
  test(`${target}: memory stays flat over ${EVENTS} events that leave garbage of every kind behind`, () => {
    const module = churn.open(target);
    const events = target === 'release' ? EVENTS : EVENTS / 10;
    let settled = 0;
    for (let sequence = 1; sequence <= events; sequence++) {
      const body = JSON.stringify({
        name: `n${sequence % 7}`,
        values: [sequence, 0.1, -1e9],
        fill: 'x'.repeat(sequence % 300),
      });
      module.commit(messageFrame({ sequence, body, isJson: true }));
      if (sequence === 5000) settled = module.memoryBytes;
    }
    assert.deepEqual(module.host.invalid, []);
    assert.equal(module.memoryBytes, settled);
    // A page holds what is kept; the threshold of the collector and the inbox are the rest.
    assert.ok(settled <= 4 * 65_536, `${settled} bytes`);
  });

  test(`${target}: an inbox that moves a hundred thousand times leaves nothing behind`, () => {
    const module = empty.open(target);
    for (let index = 0; index < 100_000; index++) module.exports.gatehouse_alloc((index * 7919) % 30_000);
    const { memoryBytes } = module;
    for (let index = 0; index < 100_000; index++) module.exports.gatehouse_alloc((index * 7919) % 30_000);
    assert.equal(module.memoryBytes, memoryBytes);
    assert.ok(memoryBytes <= 2 * 65_536, `${memoryBytes} bytes`);
  });

  test(`${target}: events that allocate nothing leave memory untouched`, () => {
    const module = empty.open(target);
    module.commit(timerFrame(0));
    const inbox = module.exports.gatehouse_alloc(1000);
    const before = Buffer.from(module.exports.memory.buffer.slice(0, inbox));
    for (let index = 0; index < 1000; index++) module.exports.gatehouse_handle(inbox, 32);
    assert.ok(before.equals(Buffer.from(module.exports.memory.buffer, 0, inbox)));
  });
}

test.run();
