import { STATUS } from '../../../host/src/abi/constants.ts';
import { assert, suite } from '../../../test/lib/suite.ts';
import { httpAnswer } from '../../test-lib/http-payloads.ts';
import { type Json, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { type HookRig, openHook } from './hook-rig.ts';

const test = suite('web-hook delivery', { timeoutMs: 120_000 });
const ready = await readyModule('web-hook');
const SETTINGS = { server: 'https://hooks.example.com', path: '/alarm' };
const message = (n: number): Json => ({ id: `pump-${n}`, state: 'raised' });

for (const target of TARGETS) {
  const wasm = ready.wasm(target);
  const open = (settings: Json = SETTINGS): HookRig => openHook(wasm, settings);
  const ok = (rig: HookRig, id: number): HookRig => rig.answer(id, STATUS.ok, httpAnswer(), 200);
  const bodies = (rig: HookRig): unknown[] => rig.takeRequests().map(({ body }) => JSON.parse(body));
  const delivery = (rig: HookRig): Json => rig.reported['delivery'] as Json;

  test(`${target}: a message is posted as it is, and one after the other`, () => {
    const rig = open().message(message(1)).message(message(2));
    const [first, ...others] = rig.takeRequests();
    assert.deepEqual(others, []);
    const { id, ...request } = first!;
    assert.deepEqual(request, {
      ...{ method: 3, scheme: 2, host: 'hooks.example.com', port: 443, path: '/alarm', timeoutMs: 0 },
      ...{ headers: ['content-type: application/json'], body: JSON.stringify(message(1)) },
    });
    ok(rig, id);
    assert.deepEqual(bodies(rig), [message(2)]);
  });

  test(`${target}: what is confirmed is not sent again, after a restart neither`, () => {
    const rig = open().message(message(1)).message(message(2));
    ok(rig, rig.takeRequests()[0]!.id);
    ok(rig, rig.takeRequests()[0]!.id);
    rig.advance(1_000_000);
    assert.deepEqual(rig.takeRequests(), []);
    const next = rig.restarted(wasm).start(SETTINGS);
    assert.deepEqual(next.takeRequests(), []);
    assert.deepEqual([...next.module.state.keys()].sort(), ['settings', 'waiting']);
  });

  test(`${target}: a server that is away is tried again after 1 s, 2 s, 4 s and at last every 5 minutes, by the same message first`, () => {
    const rig = open().message(message(1)).message(message(2));
    const pauses = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300];
    for (const seconds of pauses) {
      const [request] = rig.takeRequests();
      assert.equal(request!.body, JSON.stringify(message(1)));
      rig.answer(request!.id, STATUS.unavailable, undefined, 3).advance(seconds * 1_000 - 1);
      assert.deepEqual(rig.takeRequests(), [], `before ${seconds} s`);
      rig.advance(1);
    }
    assert.deepEqual(delivery(rig), {
      ...{ state: 'retrying', waiting: 2, confirmed: 0, refused: 0, dropped: 0, invalid: 0 },
      lastError: { status: 'unavailable', http: 0, time: (delivery(rig)['lastError'] as Json)['time'] },
    });
    ok(rig, rig.takeRequests()[0]!.id);
    assert.equal(delivery(rig)['state'], 'ok');
    rig.answer(rig.takeRequests()[0]!.id, STATUS.timeout, undefined, 9).advance(1_000);
    assert.deepEqual(bodies(rig), [message(2)], 'the pauses begin anew');
  });

  test(`${target}: every end without a confirmation is tried again, those with an HTTP status too`, () => {
    for (const [status, detail] of [
      ...[STATUS.unavailable, STATUS.timeout, STATUS.expired, STATUS.unknown, STATUS.full].map((each) => [each, 9]),
      ...[STATUS.cancelled, STATUS.denied].map((each) => [each, 0]),
      ...[301, 401, 403, 404, 408, 425, 429, 500, 502, 503].map((code) => [STATUS.failed, code]),
    ] as [number, number][]) {
      const rig = open().message(message(1));
      rig.answer(rig.takeRequests()[0]!.id, status, httpAnswer(), detail).advance(1_000);
      assert.deepEqual(bodies(rig), [message(1)], `${status} ${detail}`);
      assert.equal((delivery(rig)['lastError'] as Json)['http'], detail >= 100 ? detail : 0);
    }
  });

  test(`${target}: a confirmation whose body is too long is one`, () => {
    const rig = open().message(message(1));
    rig.answer(rig.takeRequests()[0]!.id, STATUS.limit, httpAnswer(), 200).advance(1_000_000);
    assert.deepEqual(rig.takeRequests(), []);
  });

  test(`${target}: a message that the server calls wrong is given up and shown, and the next one is sent`, () => {
    for (const code of [400, 413, 414, 415, 422]) {
      const rig = open().message(message(1)).message(message(2));
      rig.answer(rig.takeRequests()[0]!.id, STATUS.failed, httpAnswer(), code);
      assert.deepEqual(bodies(rig), [message(2)], String(code));
      const { state, refused, lastError } = delivery(rig);
      assert.deepEqual([state, refused, (lastError as Json)['http']], ['ok', 1, code]);
    }
  });

  test(`${target}: a server that asks for more time gets it`, () => {
    const rig = open().message(message(1));
    rig.answer(rig.takeRequests()[0]!.id, STATUS.failed, httpAnswer({ 'retry-after': '120' }), 429);
    rig.advance(119_999);
    assert.deepEqual(rig.takeRequests(), []);
    rig.advance(1);
    assert.deepEqual(bodies(rig), [message(1)]);
    rig.answer(2, STATUS.failed, httpAnswer({ 'retry-after': '99999999' }), 503).advance(3_600_000);
    assert.deepEqual(bodies(rig), [message(1)], 'but not more than an hour');
    rig.answer(3, STATUS.failed, httpAnswer({ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }), 503).advance(4_000);
    assert.deepEqual(bodies(rig), [message(1)], 'a date is not asked for');
  });

  test(`${target}: what waits survives a restart in its order, also what was under way`, () => {
    const rig = open();
    for (let n = 1; n <= 3; n++) rig.message(message(n));
    assert.deepEqual(bodies(rig), [message(1)]);
    const next = rig.restarted(wasm).start(SETTINGS).message(message(4));
    for (let n = 1; n <= 4; n++) {
      const [request] = next.takeRequests();
      assert.deepEqual(JSON.parse(request!.body), message(n));
      ok(next, request!.id);
    }
    assert.deepEqual(next.takeRequests(), []);
  });

  test(`${target}: the answer of a request of before the restart is nobody's`, () => {
    const rig = open().message(message(1));
    rig.takeRequests();
    ok(rig, 77).advance(1_000_000);
    assert.deepEqual(rig.takeRequests(), []);
    assert.deepEqual([...rig.module.state.keys()].sort(), ['message/1', 'settings', 'waiting']);
  });

  test(`${target}: 32 messages wait; one more drops the oldest, but for the one that is under way`, () => {
    const rig = open();
    for (let n = 1; n <= 40; n++) rig.message(message(n));
    assert.deepEqual(bodies(rig), [message(1)]);
    assert.equal(delivery(rig)['dropped'], 8);
    const got: unknown[] = [];
    ok(rig, 1);
    for (let [request] = rig.takeRequests(); request !== undefined; [request] = rig.takeRequests()) {
      got.push(JSON.parse(request.body));
      ok(rig, request.id);
    }
    assert.deepEqual(
      got,
      Array.from({ length: 31 }, (_, n) => message(n + 10)),
    );
  });

  test(`${target}: what is no JSON or too long is counted and sent to nobody`, () => {
    const rig = open()
      .message('{')
      .message({ text: 'x'.repeat(4_100) });
    assert.deepEqual(rig.takeRequests(), []);
    assert.equal(delivery(rig)['invalid'], 1, 'the first is news');
    assert.equal(rig.logs.length, 1);
  });

  test(`${target}: a request that the host refuses at once is tried again, and given up when it is too long`, () => {
    const rig = open();
    rig.module.host.statuses.set('http.request', STATUS.denied);
    rig.message(message(1));
    assert.deepEqual((delivery(rig)['lastError'] as Json)['status'], 'denied');
    rig.module.host.statuses.delete('http.request');
    rig.advance(1_000);
    assert.deepEqual(bodies(rig), [message(1)]);
    const other = open();
    other.module.host.statuses.set('http.request', STATUS.limit);
    other.message(message(1));
    assert.deepEqual([delivery(other)['refused'], delivery(other)['waiting']], [1, 0]);
  });

  test(`${target}: without settings messages wait, and a server that is set gets them`, () => {
    const rig = open({}).message(message(1));
    assert.deepEqual([rig.takeRequests(), delivery(rig)['state'], delivery(rig)['waiting']], [[], 'off', 1]);
    rig.patch(SETTINGS);
    assert.deepEqual(bodies(rig), [message(1)]);
    assert.equal(delivery(rig)['state'], 'ok');
  });

  test(`${target}: another server is tried at once, whatever the last one did`, () => {
    const rig = open().message(message(1));
    rig.answer(rig.takeRequests()[0]!.id, STATUS.unavailable).patch({ server: 'http://127.0.0.1:8080' });
    const [request] = rig.takeRequests();
    assert.deepEqual([request!.scheme, request!.host, request!.port], [1, '127.0.0.1', 8080]);
  });

  test(`${target}: memory stays flat over many messages, and the twin is not flooded`, () => {
    const rig = open();
    const count = target === 'release' ? 20_000 : 5_000;
    let settled = 0;
    for (let n = 0; n < count; n++) {
      rig.message(message(n % 100));
      ok(rig, rig.takeRequests()[0]!.id);
      if (n === 2_000) settled = rig.module.memoryBytes;
    }
    assert.equal(rig.module.memoryBytes, settled);
    assert.ok(settled <= 262_144, `${settled} bytes`);
    assert.ok(rig.reports <= 4, `${rig.reports} reports`);
  });
}

test.run();
