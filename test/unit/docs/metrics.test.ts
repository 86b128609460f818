import { GATEHOUSE_METRICS } from '../../../host/src/metrics/gatehouse-metrics.ts';
import { METRICS } from '../../../host/src/metrics/index.ts';
import { IOT_EDGE_METRICS } from '../../../host/src/metrics/iot-edge-metrics.ts';
import { assert, suite } from '../../lib/suite.ts';
import { cellsOf, namedRows, readDocument, sectionOf } from './tables.ts';

const test = suite('docs/metrics.md');
const document = readDocument('metrics.md');

for (const [heading, metrics] of [
  ['Names of IoT Edge', IOT_EDGE_METRICS],
  ['Names of Gatehouse', GATEHOUSE_METRICS],
] as const)
  test(`"${heading}" lists every metric with type, labels and meaning as the code has them`, () => {
    assert.deepEqual(
      namedRows(sectionOf(document, heading)).map((row) => cellsOf(row).map((cell) => cell.replaceAll('`', ''))),
      metrics.map(({ name, type, labels, text }) => [name, type, labels.join(', '), text]),
    );
  });

test('no name is used twice, counters end in _total, and a name says its unit', () => {
  const names = METRICS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, type } of METRICS) assert.equal(name.endsWith('_total'), type === 'counter', name);
  for (const name of names) assert.match(name, /^(edgehub|edgeAgent|gatehouse)_[a-z_]+$/);
});

test('the expressions under "What to watch" use names that there are', () => {
  const used = sectionOf(document, 'What to watch').match(/(?:gatehouse|edgehub|edgeAgent)_\w+/g) ?? [];
  const names = new Set(METRICS.map(({ name }) => name));
  assert.ok(used.length > 4);
  assert.deepEqual(
    used.filter((name) => !names.has(name)),
    [],
  );
});

test.run();
