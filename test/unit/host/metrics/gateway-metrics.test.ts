import { AgentTwin } from '../../../../host/src/gateway/agent-twin.ts';
import { GatewayMetrics } from '../../../../host/src/gateway/gateway-metrics.ts';
import { GatewaySecurity } from '../../../../host/src/gateway/gateway-security.ts';
import { KnownStatus } from '../../../../host/src/gateway/known-status.ts';
import type { GatewayStatus } from '../../../../host/src/gateway/status.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('what is gathered for metrics');
const STATUS: GatewayStatus = {
  ...{ time: 0, uptimeMs: 1, rssBytes: 1, modules: [], routes: [{ name: 'r', matched: 7, dropped: 0 }], devices: {} },
};

test('while a thread does not answer, a scrape gets what was known before, and how old it is', async () => {
  const gateway = { deviceId: 'gw', devices: {}, allowUnsigned: true };
  const security = new GatewaySecurity(gateway, () => {});
  let isStuck = false;
  const metrics = new GatewayMetrics({
    ...{ gateway, epoch: 'e', modules: [], agent: new AgentTwin(), security },
    known: new KnownStatus(() => (isStuck ? new Promise(() => {}) : Promise.resolve(STATUS))),
  });
  assert.match(await metrics.text(), /gatehouse_route_matched_total\{route="r",.*\} 7\n/);
  isStuck = true;
  const text = await metrics.text();
  assert.match(text, /gatehouse_route_matched_total\{route="r",.*\} 7\n/);
  const age = Number(/gatehouse_status_age_seconds\{.*\} (.*)\n/.exec(text)?.[1]);
  assert.ok(age >= 0.9, `${age} s old`);
  await security.close();
});

test.run();
