import { STATUS } from '../../../host/src/abi/constants.ts';
import { type CellNotice, TO_CELL, TO_HOST } from '../../../host/src/bridge/frames.ts';
import type { CellModuleSpec } from '../../../host/src/cell/module-slot.ts';
import { CellThread } from '../../../host/src/gateway/cell-thread.ts';
import { assert, suite } from '../../lib/suite.ts';
import { DEFAULT_LIMITS } from '../../lib/test-cell.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../lib/wat.ts';

const test = suite('between the two threads', { timeoutMs: 120_000 });
const GRANT = { device: 'pump', read: ['holding:0-3'], write: [], poll: [] };
const READ = '\x03\x04\0\0\x01\0\0\0\0\0\0\0pump';

/** Makes a device request on every method, then traps on the one called `trap____`. Computes for a while on `compute_`. */
const REQUESTER = guestWat({
  imports: '(import "modbus" "request" (func $request (param i32 i32) (result i32)))',
  data: `(data (i32.const 0) "${[...READ].map((c) => `\\${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}")`,
  functions: '(global $n (mut i32) (i32.const 0))',
  pages: 20,
  handle: `
    (if (i32.ne (local.get $kind) (i32.const 5)) (then (return (i32.const 0))))
    (if (i32.eq (i32.load8_u offset=40 (local.get $frame)) (i32.const 0x74)) (then unreachable))
    (if (i32.eq (i32.load8_u offset=40 (local.get $frame)) (i32.const 0x63)) (then
      (global.set $n (i32.const 0))
      (loop $more
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (br_if $more (i32.lt_u (global.get $n) (i32.const 300000000))))
      (return (i32.const 0))))
    (if (i32.eq (i32.load8_u offset=40 (local.get $frame)) (i32.const 0x72)) (then
      (drop (call $request (i32.const 0) (i32.const 16)))))
    (i32.const 0)`,
});

function spec(id: string): CellModuleSpec {
  return {
    slot: 0,
    id,
    deviceId: 'gw',
    image: 0,
    limits: DEFAULT_LIMITS,
    inputs: {},
    environment: {},
    grants: { modbus: [GRANT] },
    facts: { modbus: { pump: {} } },
    restartPolicy: 'always',
    restartSchedule: 'gatehouse',
    desired: new TextEncoder().encode('{}'),
    desiredVersion: 1,
  };
}

/** A thread with one module, and what it says in the order in which it is heard. */
function openThread(wasm: Uint8Array): {
  thread: CellThread;
  heard: string[];
  call: (name: string, bytes?: number) => boolean;
} {
  const heard: string[] = [];
  const thread = new CellThread({
    frame: ({ type, a, b, payload }) => {
      if (type === TO_HOST.request) heard.push(`request ${b} of ${a}`);
      if (type !== TO_HOST.notice) return;
      const notice = JSON.parse(Buffer.from(payload).toString()) as CellNotice;
      if (notice.kind === 'state') heard.push(`${notice.state} ${notice.instance}`);
    },
    lost: (error) => heard.push(`lost ${error.message}`),
  });
  thread.control({ kind: 'image', image: { id: 0, wasm } });
  thread.control({ kind: 'install', spec: spec('m') });
  thread.control({ kind: 'start', slot: 0 });
  let calls = 1;
  const call = (name: string, bytes = 0) => {
    const frame = Buffer.alloc(name.length + bytes, name);
    return thread.send(TO_CELL.method, 0, calls++, name.length, 0, frame);
  };
  return { thread, heard, call };
}

/** Keeps this thread from listening. */
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('[ABI-7.4] a request of an instance is heard before its failure, and after the start of its instance', async () => {
  const { thread, heard, call } = openThread(compileWat(REQUESTER));
  try {
    await until('the start', () => heard.includes('running 1'));
    for (const name of ['request_', 'trap____', 'request_']) {
      call(name);
      block(100);
    }
    await until('the second request', () => heard.includes('request 2 of 2'));
    assert.deepEqual(heard, [
      'starting 1',
      'running 1',
      'request 1 of 1',
      'failed 1',
      'starting 2',
      'running 2',
      'request 2 of 2',
    ]);
  } finally {
    await thread.close();
  }
});

test('[ABI-5.8] an answer that finds no room is delivered later', async () => {
  const { thread, heard, call } = openThread(compileWat(REQUESTER));
  try {
    await until('the start', () => heard.includes('running 1'));
    call('request_');
    await until('the request', () => heard.includes('request 1 of 1'));
    call('compute_');
    block(20);
    while (call('nothing_', 60_000));
    while (call('nothing_', 8));
    thread.answer(0, 1, 1, STATUS.ok, new Uint8Array(4));
    await until('the answer', async () => (await thread.status()).modules[0]?.pendingRequests === 0);
  } finally {
    await thread.close();
  }
});

test('a module that talks without end leaves the host time for everything else', async () => {
  const wat = guestWat({
    imports: `${MESSAGE_IMPORTS} (import "timer" "set" (func $set (param i32 i32 i32) (result i32)))`,
    data: '(data (i32.const 0) "out")',
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then (drop (call $output (i32.const 0) (i32.const 3)))))
      (loop $more
        (br_if $more (i32.eqz (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))))
      (call $set (i32.const 0) (i32.const 0) (i32.const 0))`,
  });
  let frames = 0;
  const thread = new CellThread({
    // Takes longer than the module needs to say it.
    frame: ({ type }) => {
      if (type !== TO_HOST.upstream) return;
      frames++;
      for (const end = performance.now() + 0.02; performance.now() < end; );
    },
    lost: () => {},
  });
  try {
    thread.control({ kind: 'image', image: { id: 0, wasm: compileWat(wat) } });
    thread.control({ kind: 'install', spec: spec('m') });
    thread.control({
      kind: 'routes',
      routes: [{ index: 0, name: 'r', text: 'FROM /messages/* INTO $upstream', priority: 0 }],
    });
    thread.control({ kind: 'start', slot: 0 });
    await until('the flood', () => frames > 1_000);
    let turns = 0;
    for (const end = frames + 3_000; frames < end; turns++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(turns >= 4, `the event loop had ${turns} turns during 3,000 messages`);
    assert.equal((await thread.status()).modules[0]?.state, 'running');
  } finally {
    await thread.close();
  }
});

test.run();
