import { FakeClock } from '../../lib/fake-clock.ts';
import { GatewayProcess, type HostLine } from '../../lib/gateway-process.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../lib/wat.ts';
import { type HubDouble, withHubDouble } from '../uplink/hub-double.ts';

const test = suite('a host whose clock is wrong', { needs: [TOOLS.faketime], timeoutMs: 240_000 });

const YEAR_MS = 365 * 86_400_000;
/** The clock is set in whole seconds, and a second passes until the host looks. */
const ROUGHLY_MS = 60_000;

/** Emits a message every 20 ms. */
const TICKER = guestWat({
  imports: `${MESSAGE_IMPORTS} (import "timer" "set" (func $set (param i32 i32 i32) (result i32)))`,
  data: '(data (i32.const 0) "ticks")',
  handle: `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (drop (call $output (i32.const 0) (i32.const 5)))
      (return (call $set (i32.const 0) (i32.const 20) (i32.const 20)))))
    (if (i32.ne (local.get $kind) (i32.const 3)) (then (return (i32.const 0))))
    (drop (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 5)))
    (i32.const 0)`,
});

interface Arrived {
  readonly sequence: number;
  readonly timeMs: number;
  readonly mark: string | undefined;
}

function arrived(hub: HubDouble): Arrived[] {
  return hub.published.map(({ topic }) => {
    const bag = topic.slice(topic.indexOf('events/') + 7).replace(/\/$/, '');
    const properties = new Map(
      bag.split('&').map((entry) => entry.split('=').map(decodeURIComponent) as [string, string]),
    );
    const sequence = Number(/-(\d+)$/.exec(properties.get('$.mid')!)![1]);
    return { sequence, timeMs: Date.parse(properties.get('$.ctime')!), mark: properties.get('gatehouse-time') };
  });
}

const expiries = (hub: HubDouble): number[] =>
  hub.connects.map(({ password }) => 1_000 * Number(/&se=(\d+)$/.exec(String(password))![1]));
const isRoughly = (timeMs: number, expectedMs: number): boolean => Math.abs(timeMs - expectedMs) < ROUGHLY_MS;
const ofCode = (host: GatewayProcess, code: string): HostLine[] => host.lines.filter((line) => line['code'] === code);

test('begins in 1970, works, makes no token, goes on when the clock is set, and is not disturbed by a year forward and back', () =>
  withHubDouble({ versions: [4] }, async (hub) => {
    const startedMs = Date.now();
    const clock = new FakeClock(60_000);
    const host = await GatewayProcess.open(
      {
        modules: { ticker: { wasm: compileWat(TICKER) } },
        routes: { up: 'FROM /messages/modules/ticker/outputs/ticks INTO $upstream' },
        gateway: {
          deviceId: 'gw',
          uplink: {
            ...{ url: hub.url, hostName: 'hub.example', connections: 'per-identity' },
            authentication: { type: 'sas', key: 'c2VjcmV0' },
          },
        },
      },
      { node: clock.node, statusEverySeconds: 1 },
    );
    try {
      const { timeUnknown, uplink } = await host.line('status', (line) => {
        const { queued = 0 } = (line['uplink'] ?? {}) as { queued?: number };
        return queued >= 20;
      });
      assert.match(String(timeUnknown), /^the clock says 1970-01-01 00:0\d:\d\d UTC, which cannot be: it is after 202/);
      const [connection] = (uplink as { connections: { state: string; code: string }[] }).connections;
      assert.deepEqual([connection?.state, connection?.code], ['disconnected', 'TIME_UNKNOWN']);
      assert.equal(ofCode(host, 'TIME_UNKNOWN').length, 1, 'said once');
      assert.equal(hub.connects.length, 0, 'no token was made');

      clock.set(Date.now());
      await until('the time is known', () => arrived(hub).some(({ mark }) => mark === undefined), 30_000);
      assert.equal(hub.connects.length, 1);
      assert.ok(isRoughly(expiries(hub)[0]!, Date.now() + 3_600_000));
      const late = arrived(hub).filter(({ mark }) => mark !== undefined);
      assert.ok(late.length >= 20, `${late.length} messages from before`);
      for (const { mark, timeMs } of arrived(hub)) {
        assert.ok(mark === undefined || mark === 'corrected', mark);
        assert.ok(timeMs >= startedMs - 2_000 && timeMs <= Date.now() + 2_000, new Date(timeMs).toISOString());
      }

      clock.set(Date.now() + YEAR_MS);
      await until('a token for a year ahead', () => hub.connects.length === 2, 30_000);
      assert.ok(isRoughly(expiries(hub)[1]!, Date.now() + YEAR_MS + 3_600_000));
      clock.set(Date.now());
      await until('a token for now', () => hub.connects.length === 3, 30_000);
      assert.ok(isRoughly(expiries(hub)[2]!, Date.now() + 3_600_000));

      const count = hub.published.length;
      await until('messages go on', () => hub.published.length >= count + 20, 30_000);
      const sequences = arrived(hub).map(({ sequence }) => sequence);
      assert.deepEqual(
        sequences,
        sequences.map((_, index) => index + 1),
        'none is missing, none came twice, all in order',
      );
      assert.equal(await host.close(), 0);
    } finally {
      await host.abort();
      clock.remove();
    }
  }));

test.run();
