import { assert, suite } from '../../test/lib/suite.ts';
import {
  answerFrame,
  desiredFrame,
  messageFrame,
  methodFrame,
  startFrame,
  stopFrame,
  timerFrame,
} from './lib/event-frames.ts';
import { fixture, TARGETS } from './lib/fixture.ts';

const test = suite('sdk functions');
const functions = await fixture('functions');

for (const target of TARGETS) {
  test(`${target}: a module made of functions handles every kind of event`, () => {
    const module = functions.open(target);
    module.commit(startFrame());
    module.commit(desiredFrame());
    const { emitted } = module.commit(messageFrame({ body: 'x', properties: [['a', 'b']] }));
    assert.deepEqual(emitted, [{ output: 'out', isJson: false, properties: [['a', 'b']], body: Buffer.from('x') }]);
    module.commit(timerFrame(0));
    module.commit(answerFrame({ request: 1 }));
    assert.equal(module.deliver(methodFrame(1, 'reset')).kind, 'refused');
    module.commit(stopFrame());
    assert.deepEqual(
      module.host.logs.map(({ text }) => text),
      ['start', 'desired', 'timer', 'answer', 'stop'],
    );
  });
}

test.run();
