import { assert, suite } from '../../../lib/suite.ts';
import { brief, load, moduleFile, wasmModule } from './deployment-folder.ts';

const test = suite('check of routes');
const files = {
  'm.wasm': moduleFile(),
  'quiet.wasm': moduleFile({ imports: '' }),
  'described.wasm': moduleFile({ description: { inputs: ['readings'], outputs: ['alarms'] } }),
};
const into = (module: string, input = 'in') => `INTO BrokeredEndpoint("/modules/${module}/inputs/${input}")`;

async function check(routes: Record<string, string>, modules: Record<string, unknown>) {
  const { loaded, problems } = await load({ modules, routes, files });
  return {
    starts: loaded !== undefined,
    problems: problems.map(brief),
    places: problems.map(({ line, column }) => `${line}:${column}`),
  };
}

test('finds nothing wrong with routes between modules that exist', async () => {
  const modules = { a: wasmModule(), d: wasmModule({}, 'described.wasm') };
  const routes = {
    one: `FROM /messages/modules/A/outputs/x WHERE $body.value > 3 ${into('d', 'readings')}`,
    two: 'FROM /messages/modules/d/outputs/ALARMS INTO $upstream',
    three: `FROM /messages/* ${into('a')}`,
  };
  assert.deepEqual(await check(routes, modules), { starts: true, problems: [], places: [] });
});

test('reports a route that does not compile at its character, and starts nothing', async () => {
  const { starts, problems, places } = await check(
    { r: 'FROM /* WHERE name = "x" AND foo(1) INTO $upstream', s: 'FROM' },
    {},
  );
  assert.equal(starts, false);
  assert.deepEqual(
    problems.map((line) => line.split(':')[0]),
    ['error ROUTE_UNKNOWN_FUNCTION routes.r', 'error ROUTE_SYNTAX routes.s'],
  );
  // Line 13 is `          "r": "FROM /* WHERE name = \"x\" AND foo...`: the two escapes count one character more each.
  assert.deepEqual(places, ['13:48', '14:21']);
});

test('reports sources and sinks that the deployment does not have', async () => {
  const modules = { alarm: wasmModule({}, 'described.wasm'), source: wasmModule() };
  const routes = {
    a: `FROM /messages/modules/source/* ${into('alrm', 'readings')}`,
    b: `FROM /messages/modules/source/* ${into('alarm', 'reading')}`,
    c: 'FROM /messages/modules/sorce/outputs/* INTO $upstream',
    d: 'FROM /messages/modules/alarm/outputs/alarm INTO $upstream',
    e: `FROM /messages/modules/source/* ${into('source', 'a b')}`,
    f: `FROM /messages/modules/source/* ${into('alarm', 'readings')}`,
    g: 'FROM /messages/modules/alarm/outputs/alarms INTO $upstream',
  };
  const { starts, problems } = await check(routes, modules);
  assert.equal(starts, false);
  assert.deepEqual(problems, [
    'error ROUTE_UNKNOWN_MODULE routes.a: the route leads to the module "alrm", which the deployment does not have; did you mean "alarm"?',
    'error ROUTE_UNKNOWN_MODULE routes.b: the route leads to the input "reading", which the module "alarm" does not have; did you mean "readings"?',
    'error ROUTE_UNKNOWN_MODULE routes.c: the route takes from the module "sorce", which the deployment does not have; did you mean "source"?',
    'error ROUTE_UNKNOWN_MODULE routes.d: the route takes from the output "alarm", which the module "alarm" does not have; did you mean "alarms"?',
    'error ROUTE_UNKNOWN_MODULE routes.e: the route leads to the input "a b"; expected a name of 1 to 128 letters, digits, ".", "_" and "-"',
  ]);
});

test('a route to a module that cannot start is no error of the route', async () => {
  const modules = { gone: wasmModule({}, 'missing.wasm'), a: wasmModule() };
  const { starts, problems } = await check({ r: `FROM /messages/modules/a/* ${into('gone')}` }, modules);
  assert.ok(starts);
  assert.deepEqual(
    problems.map((line) => line.split(' ')[1]),
    ['MODULE_MISSING'],
  );
});

test('warns of routes that can take no message', async () => {
  const modules = { a: wasmModule(), quiet: wasmModule({}, 'quiet.wasm') };
  const routes = {
    star: 'FROM /messages/modules/*/outputs/* INTO $upstream',
    nowhere: 'FROM /telemetry/* INTO $upstream',
    never: 'FROM /messages/* WHERE 1 = 2 INTO $upstream',
    silent: 'FROM /messages/modules/quiet/* INTO $upstream',
    good: 'FROM /messages/* WHERE $body.x > 1 INTO $upstream',
  };
  const { starts, problems } = await check(routes, modules);
  assert.ok(starts);
  assert.deepEqual(
    problems.map((line) => line.split(':')[0]),
    [
      'warning ROUTE_NEVER_FIRES routes.star',
      'warning ROUTE_NEVER_FIRES routes.nowhere',
      'warning ROUTE_NEVER_FIRES routes.never',
      'warning ROUTE_NEVER_FIRES routes.silent',
    ],
  );
});

test('warns of a condition on the body of an output that is not declared to be JSON', async () => {
  const described = moduleFile({
    description: { outputs: ['raw', 'readings'], contentTypes: { raw: 'text/csv', readings: 'application/json' } },
  });
  const modules = { a: wasmModule({}, 'typed.wasm'), b: wasmModule() };
  const route = (source: string) => `FROM ${source} WHERE $body.x > 1 INTO $upstream`;
  const routes = {
    raw: route('/messages/modules/a/outputs/raw'),
    readings: route('/messages/modules/a/outputs/readings'),
    any: route('/messages/modules/a/*'),
    unknown: route('/messages/modules/b/*'),
  };
  const { problems } = await load({ modules, routes, files: { ...files, 'typed.wasm': described } });
  assert.deepEqual(problems.map(brief), [
    'warning ROUTE_NEVER_FIRES routes.raw: the route can take no message: the condition needs `$body.x`, which is undefined for messages whose body is not said to be JSON',
  ]);
});

const waiting = { inputs: { in: { policy: 'wait' } } };

test('refuses every cycle of inputs that pause their producer', async () => {
  const modules = { a: wasmModule(waiting), b: wasmModule(waiting), c: wasmModule(waiting), d: wasmModule(waiting) };
  const routes = {
    ab: `FROM /messages/modules/a/* ${into('b')}`,
    bc: `FROM /messages/modules/b/outputs/x ${into('c')}`,
    ca: `FROM /messages/modules/c/* ${into('a')}`,
    dd: `FROM /messages/modules/d/* ${into('d')}`,
  };
  const { starts, problems } = await check(routes, modules);
  assert.equal(starts, false);
  assert.equal(problems.length, 2);
  assert.match(
    problems[0]!,
    /^error ROUTE_CYCLE routes\.ca: a -> b -> c -> a is a cycle .*: "in" of "b", "in" of "c", "in" of "a"$/,
  );
  assert.match(problems[1]!, /^error ROUTE_CYCLE routes\.dd: d -> d is a cycle/);
});

test('accepts a cycle that one input with another policy opens', async () => {
  const modules = { a: wasmModule(waiting), b: wasmModule() };
  const routes = { ab: `FROM /messages/modules/a/* ${into('b')}`, ba: `FROM /messages/modules/b/* ${into('a')}` };
  assert.deepEqual((await check(routes, modules)).problems, []);
  const dropping = wasmModule({ inputs: { in: { policy: 'drop-oldest' } } });
  assert.deepEqual((await check(routes, { a: wasmModule(waiting), b: dropping })).problems, []);
  const otherInput = {
    ab: `FROM /messages/modules/a/* ${into('b')}`,
    ba: `FROM /messages/modules/b/* ${into('a', 'other')}`,
  };
  assert.deepEqual((await check(otherInput, { a: wasmModule(waiting), b: wasmModule(waiting) })).problems, []);
});

test('warns of a queue that cannot hold the largest message of a producer', async () => {
  const modules = {
    big: wasmModule({ limits: { messageBytes: 100_000 } }),
    small: wasmModule({ inputs: { in: { bytes: 32_800 } } }),
    roomy: wasmModule({ inputs: { in: { bytes: 100_128 } } }),
  };
  const routes = {
    one: `FROM /messages/modules/big/* ${into('roomy')}`,
    two: `FROM /messages/modules/big/* ${into('roomy', 'other')}`,
    three: `FROM /messages/modules/roomy/* ${into('small')}`,
  };
  const { starts, problems } = await check(routes, modules);
  assert.ok(starts);
  assert.deepEqual(problems, [
    'warning LIMIT_QUEUE modules.big.settings.limits: the module "big" may send messages of 100000 bytes, and the input "other" of "roomy" has room for 65536, too little for the largest',
    'warning LIMIT_QUEUE modules.small.settings.inputs.in: the module "roomy" may send messages of 32768 bytes, and the input "in" of "small" has room for 32800, too little for the largest',
  ]);
});

test('warns of modules that no message reaches or leaves', async () => {
  const modules = { alone: wasmModule(), described: wasmModule({}, 'described.wasm') };
  const { starts, problems } = await check({}, modules);
  assert.ok(starts);
  assert.deepEqual(problems, [
    'warning MODULE_UNREACHABLE modules.alone (alone): no route leads to the module, and none takes what it sends',
    'warning MODULE_UNREACHABLE modules.described (described): no route leads to an input of the module; it has readings',
    'warning MODULE_UNREACHABLE modules.described (described): no route takes what the module sends; its outputs are alarms',
  ]);
});

test.run();
