import { createCounters } from '../../../../host/src/cell/module-counters.ts';
import { type Metric, renderMetrics } from '../../../../host/src/metrics/index.ts';
import { LIMIT_COUNTERS } from '../../../../host/src/metrics/metrics-facts.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('metrics as text');
const metric = (samples: Metric<unknown>['samples']): Metric<unknown> => ({
  ...{ name: 'gatehouse_x_total', type: 'counter', labels: ['module'], text: 'Line one.\nline \\ two.' },
  samples,
});

test('a metric has its help and type before its samples, and labels that all have behind its own', () => {
  const text = renderMetrics([metric(() => [{ labels: { module: 'a' }, value: 1.5 }, { value: 2 }])], {}, { hub: 'h' });
  assert.equal(
    text,
    '# HELP gatehouse_x_total Line one.\\nline \\\\ two.\n# TYPE gatehouse_x_total counter\n' +
      'gatehouse_x_total{module="a",hub="h"} 1.5\ngatehouse_x_total{hub="h"} 2\n',
  );
});

test('the value of a label cannot end its quotes or its line', () => {
  const text = renderMetrics([metric(() => [{ labels: { module: 'a"} 1\nb\\' }, value: 1 }])], {}, {});
  assert.equal(text.split('\n')[2], 'gatehouse_x_total{module="a\\"} 1\\nb\\\\"} 1');
});

test('a metric without samples is left out', () => {
  assert.equal(renderMetrics([metric(() => [])], {}, {}), '\n');
});

test('every counter of a limit is among the crossings that are served', () => {
  const limits = Object.keys(createCounters()).filter((name) => /Limit$|Rate$|^outOf|Pauses$|Dropped$/.test(name));
  assert.ok(limits.length > 8);
  const elsewhere = ['mailDropped'];
  assert.deepEqual(
    limits.filter((name) => !(name in LIMIT_COUNTERS) && !elsewhere.includes(name)),
    [],
  );
});

test.run();
