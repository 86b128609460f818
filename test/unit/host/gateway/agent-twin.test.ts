import { AgentTwin } from '../../../../host/src/gateway/agent-twin.ts';
import type { GatewayModule } from '../../../../host/src/gateway/gateway-module.ts';
import { GatewaySecurity } from '../../../../host/src/gateway/gateway-security.ts';
import type { JsonObject } from '../../../../host/src/json/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { VirtualClocks } from '../time/virtual-clocks.ts';

const test = suite('reported properties of the agent');

test('a start from before the clock was set is told as the time that it was', async () => {
  const security = new GatewaySecurity({ deviceId: 'gw', devices: {}, allowUnsigned: true }, () => {});
  const clocks = new VirtualClocks(60_000);
  const twin = new AgentTwin(clocks.read);
  const spec = { id: 'm', version: '1.0.0', status: 'running', restartPolicy: 'always' };
  const module = { spec, state: 'running' } as unknown as GatewayModule;
  const startedAt = () => {
    const { modules } = twin.reported([module], security, {}) as { modules: { m: JsonObject } };
    return modules.m['lastStartTimeUtc'];
  };
  twin.noteState('m', { kind: 'state', state: 'starting', instance: 1, restarts: 0 });
  clocks.pass(5_000);
  assert.equal(startedAt(), '1970-01-01T00:01:00.000Z');
  clocks.timeMs = Date.UTC(2026, 10, 1);
  assert.equal(startedAt(), '2026-10-31T23:59:55.000Z');
  await security.close();
});

test.run();
