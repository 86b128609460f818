import { createCounters } from '../../../../host/src/cell/module-counters.ts';
import { statusLine } from '../../../../host/src/cli/status-line.ts';
import type { GatewayStatus } from '../../../../host/src/gateway/status.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('the status as one line');
type Module = GatewayStatus['modules'][number];

const module = (id: string, more: Partial<Module> = {}): Module => ({
  ...{
    id,
    state: 'running',
    failures: 0,
    restarts: 0,
    isPaused: false,
    fuelUsed: 0,
    fuelLastSecond: 0,
    fuelDebt: 0,
    queues: [],
  },
  ...{ memoryBytes: 0, memoryHighWaterBytes: 0, stateBytes: 0, pendingRequests: 0 },
  counters: { ...createCounters(), events: 5 },
  ...more,
});
const status = (...modules: Module[]): GatewayStatus => ({
  ...{ time: 0, uptimeMs: 0, rssBytes: 84e6, modules, routes: [], devices: {} },
});

test('names the modules that do not simply run, and why', () => {
  const line = statusLine(
    status(
      module('a'),
      module('b', { state: 'failed', retryInMs: 3_210 }),
      module('c', { isPaused: true, pausedBy: 'fuel' }),
      module('d', { state: 'poisoned' }),
    ),
  );
  assert.equal(
    line,
    '2 of 4 modules run, 20 events; b is failed, next start in 3.2 s; c is paused: out of fuel; d is poisoned; no uplink; 84 MB',
  );
});

test('says why the time is not known', () => {
  const line = statusLine({ ...status(module('a')), timeUnknown: 'the clock says 1970' });
  assert.equal(line, '1 of 1 modules run, 5 events; the clock says 1970; no uplink; 84 MB');
});

test('stays a line however many modules there are', () => {
  const many = Array.from({ length: 1_000 }, (_, n) => module(`m${n}`, { state: 'failed' }));
  assert.ok(statusLine(status(...many)).length < 300);
  assert.match(statusLine(status(...many)), /; 994 more not well;/);
});

test.run();
