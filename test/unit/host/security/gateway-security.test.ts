import { GatewaySecurity } from '../../../../host/src/gateway/gateway-security.ts';
import type { LogEntry } from '../../../../host/src/gateway/log.ts';
import type { SecurityEvent } from '../../../../host/src/security/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('what the gateway takes for a security event');
const GATEWAY = { deviceId: 'gw', devices: {}, allowUnsigned: false };

async function withSecurity(
  use: (security: GatewaySecurity, told: SecurityEvent[], logged: LogEntry[]) => void,
): Promise<void> {
  const logged: LogEntry[] = [];
  const told: SecurityEvent[] = [];
  const security = new GatewaySecurity(GATEWAY, (entry) => logged.push(entry));
  security.events.listen((event) => told.push(event));
  use(security, told, logged);
  await security.close();
}

test('entries of the log with such a code, with the module or the identity they are about', () =>
  withSecurity((security, told, logged) => {
    security.log({ level: 6, module: 'm', text: 'CAPABILITY_DENIED says the module, and is none' });
    security.log({ level: 4, module: 'm', code: 'CAPABILITY_DENIED', text: 'calls: 7', count: 7 });
    security.log({ level: 4, code: 'UPLINK_REFUSED', text: 'bad key', details: { identity: 'gw/m', url: 'x' } });
    security.log({ level: 3, module: 'm', code: 'MODULE_POISONED', text: 'twice' });
    security.log({ level: 3, module: 'm', code: 'MODULE_TRAPPED', text: 'unreachable' });
    assert.equal(logged.length, 5);
    assert.deepEqual(
      told.map(({ kind, module, identity, count }) => [kind, module ?? identity, count]),
      [
        ['denied', 'm', 7],
        ['credentials', 'gw/m', 1],
        ['stuck', 'm', 1],
      ],
    );
  }));

test('modules that are refused, by their signature for example, and not what is only warned of', () =>
  withSecurity((security, told, logged) => {
    const problem = { file: 'f', path: 'p', message: 'is not signed' } as const;
    security.refused([
      { ...problem, severity: 'error', code: 'SIGNATURE_MISSING', module: 'm' },
      { ...problem, severity: 'warning', code: 'SIGNATURE_MISSING', module: 'n' },
      { ...problem, severity: 'error', code: 'MANIFEST_INVALID' },
    ]);
    assert.deepEqual(
      told.map(({ kind, code, module, text }) => [kind, code, module, text]),
      [['signature', 'SIGNATURE_MISSING', 'm', 'module is refused: is not signed']],
    );
    assert.equal(logged.length, 1);
  }));

test('events of before routes were there go into them once they are, and none when the gateway ends', () =>
  withSecurity((security) => {
    const sent: string[] = [];
    const report = (module: string) => security.log({ level: 4, module, code: 'CAPABILITY_DENIED', text: 'x' });
    report('a');
    security.publishBy((output, body) => sent.push(`${output} ${JSON.parse(String(Buffer.from(body))).module}`));
    report('b');
    security.stopPublishing();
    report('c');
    assert.deepEqual(sent, ['security a', 'security b']);
  }));

test.run();
