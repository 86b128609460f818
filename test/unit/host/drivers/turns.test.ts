import fc from 'fast-check';
import { Turns } from '../../../../host/src/drivers/turns.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('turns of modules');

test('modules are served in turn, and each in its own order', () => {
  const turns = new Turns<string>();
  for (let n = 0; n < 4; n++) turns.add('flooder', `f${n}`);
  turns.add('other', 'o0');
  turns.add('third', 't0');
  turns.add('other', 'o1');
  const served = Array.from({ length: 7 }, () => turns.next());
  assert.deepEqual(served, ['f0', 'o0', 't0', 'f1', 'o1', 'f2', 'f3']);
  assert.equal(turns.next(), undefined);
});

test('a module that comes back has its turn behind those that wait already', () => {
  const turns = new Turns<string>();
  for (const job of ['a0', 'a1', 'b0']) turns.add(job[0]!, job);
  assert.equal(turns.next(), 'a0');
  assert.equal(turns.next(), 'b0');
  turns.add('b', 'b1');
  assert.deepEqual([turns.next(), turns.next()], ['a1', 'b1']);
});

test('one that may not go on is passed over and keeps its turn', () => {
  const turns = new Turns<string>();
  for (const job of ['a0', 'b0', 'a1']) turns.add(job[0]!, job);
  assert.equal(
    turns.next((module) => module !== 'a'),
    'b0',
  );
  assert.equal(
    turns.next((module) => module !== 'a'),
    undefined,
  );
  assert.equal(turns.next(), 'a0');
});

test('what is taken out does not come any more, and is counted no more', () => {
  const turns = new Turns<string>();
  for (const job of ['a0', 'a1', 'b0']) turns.add(job[0]!, job);
  assert.equal(turns.remove('a', 'a0'), true);
  assert.equal(turns.remove('a', 'a0'), false);
  assert.equal(turns.remove('nobody', 'a0'), false);
  assert.deepEqual([turns.countOf('a'), turns.countOf('nobody'), turns.jobs], [1, 0, ['a1', 'b0']]);
});

test('whatever is added and taken, no module that waits is served later than all others once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { maxLength: 60 }), (actions) => {
      const turns = new Turns<number>();
      /** How many others were served since a module waits. */
      const passed = new Map<number, number>();
      for (const [at, action] of actions.entries()) {
        if (action > 0) {
          turns.add(String(action), 10 * at + action);
          if (!passed.has(action)) passed.set(action, 0);
          continue;
        }
        const job = turns.next();
        if (job === undefined) continue;
        const module = job % 10;
        for (const [other, count] of passed) passed.set(other, count + 1);
        if (turns.countOf(String(module)) > 0) passed.set(module, 0);
        else passed.delete(module);
        for (const count of passed.values()) assert.ok(count < 5, `${count} others went first`);
      }
    }),
  );
});

test.run();
