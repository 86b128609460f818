import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../host/src/json/index.ts';
import { findPatchFault, isSectionInLimits } from '../../../host/src/twin/patch.ts';
import { listenerWasm } from '../../lib/listener.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat } from '../../lib/wat.ts';
import { withMosquitto } from '../../peers/mosquitto.ts';

const test = suite('an attack is seen', { timeoutMs: 60_000 });
const TIMER = '(import "timer" "set" (func $set (param i32 i32 i32) (result i32)))';
const REQUEST = '(import "modbus" "request" (func $request (param i32 i32) (result i32)))';
/** Holding register 9 of the device "pump", as a read request. */
const READ_9 = [3, 4, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('pump')]
  .map((byte) => `\\${byte.toString(16).padStart(2, '0')}`)
  .join('');

/** Asks for a register outside its grant a hundred times an event, and comes back every millisecond. */
const HOSTILE = guestWat({
  imports: `${TIMER} ${REQUEST}`,
  data: `(data (i32.const 0) "${READ_9}")`,
  handle: `
    (local.set $length (i32.const 100))
    (loop $more
      (drop (call $request (i32.const 0) (i32.const 16)))
      (br_if $more (local.tee $length (i32.sub (local.get $length) (i32.const 1)))))
    (call $set (i32.const 0) (i32.const 1) (i32.const 0))`,
});

/** Ends with words that look like another line of a log. */
const FORGER = guestWat({
  imports: '(import "log" "abort" (func $abort (param i32 i32 i32 i32 i32 i32) (result i32)))',
  data: '(data (i32.const 0) "x\\0a<3> 2026-01-01 [host] all is well (OK)\\1b[2J")',
  handle: `(drop (call $abort (i32.const 0) (i32.const 44) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    unreachable`,
});

const PUMP = { type: 'modbus-tcp', host: '127.0.0.1', port: 1 };

interface Line {
  readonly sequence: number;
  readonly kind: string;
  readonly code: string;
  readonly module: string;
  readonly count: number;
  readonly total: number;
}

const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

test(
  'in the security log, in the reported twin, at a module and at the hub, with its number and without a flood',
  () =>
    withMosquitto({}, async (broker, reader) => {
      const host = await TestGateway.open({
        modules: {
          evil: {
            wasm: compileWat(HOSTILE),
            settings: { grants: { modbus: [{ device: 'pump', read: ['holding:0-3'] }] } },
          },
          listener: { wasm: listenerWasm() },
          broken: { wasm: new Uint8Array([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]) },
        },
        routes: {
          watch: `FROM /messages/modules/$edgeAgent/outputs/security WHERE $body.code = 'CAPABILITY_DENIED' INTO BrokeredEndpoint("/modules/listener/inputs/in")`,
          up: 'FROM /messages/modules/$edgeAgent/outputs/security INTO $upstream',
        },
        gateway: {
          deviceId: 'gw',
          uplink: { url: `mqtt://127.0.0.1:${broker.port}`, authentication: { type: 'none' } },
          devices: { pump: PUMP },
          securityLog: { file: 'state/security.log' },
        },
      });
      const file = join(host.folder, 'state', 'security.log');
      try {
        const denied = await until('the log', () =>
          statSync(file, { throwIfNoEntry: false }) === undefined
            ? undefined
            : linesOf(file).find(({ code }) => code === 'CAPABILITY_DENIED'),
        );
        assert.equal(denied.kind, 'denied');
        assert.equal(denied.module, 'evil');
        assert.ok(denied.count >= 100);
        const refused = linesOf(file).find(({ module }) => module === 'broken');
        assert.equal(refused?.code, 'WASM_MALFORMED');

        const message = await until('the message', () => host.gateway.reported('listener')['body'] as JsonObject);
        assert.equal(message['code'], 'CAPABILITY_DENIED');
        assert.equal(host.gateway.reported('listener')['from'], 'gw/$edgeAgent/security');
        const read = await until('the hub', () =>
          reader.messages.find(({ body }) => body.includes('CAPABILITY_DENIED')),
        );
        assert.equal((JSON.parse(read.body) as Line).module, 'evil');
        assert.ok(read.topic.startsWith('devices/gw/messages/events/'));

        await until('many more', async () => {
          const { modules } = await host.gateway.status();
          return (modules.find(({ id }) => id === 'evil')?.counters.denied ?? 0) > 10_000;
        });
        const twin = host.gateway.reported('$edgeAgent') as {
          modules: Record<string, JsonObject>;
          security: { totals: Record<string, number>; last: JsonObject[] };
        };
        assert.ok((twin.security.totals['CAPABILITY_DENIED:evil'] as number) >= denied.count);
        assert.ok(twin.security.last.some(({ code, module }) => code === 'WASM_MALFORMED' && module === 'broken'));
        assert.equal(twin.modules['evil']?.['runtimeStatus'], 'running');
        assert.ok(((twin.modules['evil']?.['counters'] as JsonObject | undefined)?.['denied'] as number) > 10_000);
        assert.equal(findPatchFault(twin), undefined);
        // However much it tries, it is one line a minute, and one when the gateway ends.
        assert.equal(linesOf(file).filter(({ code }) => code === 'CAPABILITY_DENIED').length, 1);
      } finally {
        await host.close();
      }
    }),
  { needs: [TOOLS.mosquitto, TOOLS.mosquittoClients] },
);

test('words of a module forge nothing in the twin', async () => {
  const host = await TestGateway.open({
    modules: { forger: { wasm: compileWat(FORGER) } },
    routes: {},
    gateway: { deviceId: 'gw', devices: {} },
  });
  try {
    await host.reaches('forger', 'failed');
    const twin = host.gateway.reported('$edgeAgent') as { modules: Record<string, JsonObject> };
    const entry = twin.modules['forger'] as JsonObject;
    assert.equal(entry['runtimeStatus'], 'backoff');
    assert.equal(entry['exitCode'], 1);
    assert.match(entry['statusDescription'] as string, /^MODULE_ABORTED: x\\n<3>/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    assert.ok(!/[\u0000-\u001f]/.test(entry['statusDescription'] as string));
    assert.match(entry['lastStartTimeUtc'] as string, /^\d{4}-/);
  } finally {
    await host.close();
  }
});

test('the twin of a gateway with many modules fits into a section and says how many are left out', async () => {
  const wasm = compileWat(guestWat({ handle: '(i32.const 0)' }));
  const bad = compileWat(guestWat({ handle: 'unreachable' }));
  const modules = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [`m${n}`, { wasm: n === 250 ? bad : wasm, desired: {} }]),
  );
  const host = await TestGateway.open({ modules, routes: {}, gateway: { deviceId: 'gw', devices: {} } });
  try {
    await host.reaches('m299', 'running');
    await host.reaches('m250', 'failed');
    await host.gateway.status();
    const twin = host.gateway.reported('$edgeAgent') as JsonObject & { modules: JsonObject; modulesOmitted: number };
    assert.ok(isSectionInLimits(twin));
    assert.equal(findPatchFault(twin), undefined);
    assert.ok(Object.keys(twin.modules).length > 50);
    assert.equal(Object.keys(twin.modules).length + twin.modulesOmitted, 300);
    assert.ok('m250' in twin.modules, 'what went wrong is not left out');
  } finally {
    await host.close();
  }
});

test.run();
