import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BleRequest, encodeBleRequest } from '../../../../host/src/drivers/ble/request-codec.ts';
import { AirServer } from '../../../../tools/simulators/ble/air-server.ts';
import { assert } from '../../../lib/suite.ts';
import { TOOLS } from '../../../lib/tools.ts';
import { LEAF, LONG_VALUE } from '../../ble/leaf-services.ts';
import { LineProcess } from '../../ble/line-process.ts';
import type { LeafBench, LeafCase } from '../leaf-case.ts';

const EXPIRY_MS = 60_000;
const at = (characteristic: string) => ({ path: { service: LEAF.service, characteristic }, expiryMs: EXPIRY_MS });
const write = (characteristic: string, data: Uint8Array, withResponse: boolean): BleRequest => ({
  ...{ kind: 'write', ...at(characteristic) },
  ...{ data, withResponse },
});
/** So many notifications, and their interval in milliseconds. */
const START = Buffer.from([3, 0, 10, 0]);
const ASKED: readonly BleRequest[] = [
  { kind: 'read', ...at(LEAF.long) },
  write(LEAF.store, Buffer.from('with'), true),
  { kind: 'read', ...at(LEAF.store) },
  write(LEAF.store, Buffer.from('without'), false),
  { kind: 'subscribe', path: at(LEAF.counter).path },
  write(LEAF.start, START, true),
  { kind: 'read', ...at(LEAF.start) },
];
const [OK, DENIED, UNKNOWN, NO_RESPONSE] = [0, -2, -9, 260];

export const ble: LeafCase = {
  title: 'reads, writes and is notified by a peripheral on bleno, over the virtual air',
  needs: [TOOLS.socat],
  async run(bench) {
    const [tty, leaf] = await openLeaf(bench);
    const { address } = await leaf.line('ready');
    const peer = { type: 'ble', address, timeoutMs: 20_000 };
    await bench.open({
      capability: 'ble',
      grants: [{ device: 'leaf', read: [`${LEAF.service}/${LEAF.long}`, `${LEAF.service}/${LEAF.store}`], ...WRITES }],
      config: { bluetooth: { port: tty, baudRate: 1_000_000 }, devices: { leaf: peer } },
      asks: ASKED.map((request) => ({
        request: encodeBleRequest(request, 'leaf'),
        isSubscription: request.kind === 'subscribe',
      })),
    });
    for (const [index, status, detail, payload] of [
      [0, OK, 0, LONG_VALUE],
      [1, OK, 0, Buffer.alloc(0)],
      [2, OK, 0, Buffer.from('with')],
      [3, UNKNOWN, NO_RESPONSE, Buffer.alloc(0)],
      [5, OK, 0, Buffer.alloc(0)],
      [6, DENIED, 0, Buffer.alloc(0)],
    ] as const) {
      const answer = await bench.answer(index);
      assert.deepEqual([index, answer.status, answer.detail, answer.payload], [index, status, detail, payload]);
    }
    for (const number of [1, 2, 3]) {
      const { status, payload } = await bench.answer(4, ({ detail }) => detail === number);
      assert.deepEqual([status, payload.readUInt32LE(0)], [OK, number - 1]);
    }
    const written = await leaf.line('written', (line) => line['withoutResponse'] === true);
    assert.equal(written['hex'], Buffer.from('without').toString('hex'));
  },
};

const WRITES = { write: [LEAF.service], notify: [LEAF.service] };

/** A leaf at a controller of its own, and the tty of another one for the gateway. */
async function openLeaf(bench: LeafBench): Promise<[tty: string, leaf: LineProcess]> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ble-'));
  bench.with({ close: async () => rmSync(folder, { recursive: true, force: true }) });
  const air = bench.with(await AirServer.open({ folder, controllers: 2, hasTtys: true }));
  const leaf = new LineProcess('test/system/ble/leaf.ts', [`leaf=${air.ttyPath(1)}`]);
  bench.with({ close: () => leaf.end() });
  return [air.ttyPath(0), leaf];
}
