import { compileRoute, findRouteCycle, type RouteEdge, routeEdges } from '../../../../host/src/routes/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('find route cycle');
const wait = (from: string, to: string): RouteEdge => ({ from, to, policy: 'wait' });

test('routes without a cycle have none', () => {
  assert.equal(findRouteCycle([]), undefined);
  assert.equal(findRouteCycle([wait('a', 'b'), wait('b', 'c'), wait('a', 'c')]), undefined);
});

test('a cycle is named from where it begins to where it closes', () => {
  assert.deepEqual(findRouteCycle([wait('a', 'b'), wait('b', 'a')]), ['a', 'b', 'a']);
  assert.deepEqual(findRouteCycle([wait('start', 'a'), wait('a', 'b'), wait('b', 'c'), wait('c', 'a')]), [
    'a',
    'b',
    'c',
    'a',
  ]);
});

test('a module that waits for itself is a cycle', () => {
  assert.deepEqual(findRouteCycle([wait('a', 'a')]), ['a', 'a']);
});

test('an input that drops or rejects opens a cycle', () => {
  for (const policy of ['drop-oldest', 'reject'] as const) {
    assert.equal(findRouteCycle([wait('a', 'b'), { from: 'b', to: 'a', policy }]), undefined);
  }
});

test('a cycle behind a branch without one is found', () => {
  const edges = [wait('a', 'b'), wait('a', 'c'), wait('b', 'd'), wait('c', 'd'), wait('c', 'e'), wait('e', 'c')];
  assert.deepEqual(findRouteCycle(edges), ['c', 'e', 'c']);
});

test('a chain of 100,000 modules does not overflow the stack', () => {
  const edges = Array.from({ length: 100_000 }, (_, index) => wait(`m${index}`, `m${index + 1}`));
  assert.equal(findRouteCycle(edges), undefined);
  assert.equal(findRouteCycle([...edges, wait('m100000', 'm0')])?.length, 100_002);
});

test('a dense graph is walked once, and not once for each path through it', () => {
  const names = Array.from({ length: 27 }, (_, index) => `m${index}`);
  const edges = names.flatMap((from, index) => names.slice(index + 1).map((to) => wait(from, to)));
  const before = performance.now();
  assert.equal(findRouteCycle(edges), undefined);
  assert.ok(performance.now() - before < 2_000);
});

test('edges come from routes, for all modules that a source takes', () => {
  const routes = [
    compileRoute('FROM /messages/modules/a/outputs/x INTO BrokeredEndpoint("/modules/b/inputs/in")'),
    compileRoute('FROM /messages/* WHERE $body.x > 1 INTO BrokeredEndpoint("/modules/a/inputs/all")'),
    compileRoute('FROM /messages/* INTO $upstream'),
  ];
  const edges = routeEdges(routes, ['a', 'b'], (_, input) => (input === 'in' ? 'wait' : 'reject'));
  assert.deepEqual(edges, [
    { from: 'a', to: 'b', policy: 'wait' },
    { from: 'a', to: 'a', policy: 'reject' },
    { from: 'b', to: 'a', policy: 'reject' },
  ]);
  assert.equal(findRouteCycle(edges), undefined);
  assert.deepEqual(findRouteCycle(routeEdges(routes, ['a', 'b'], () => 'wait')), ['a', 'b', 'a']);
});

test.run();
