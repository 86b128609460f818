import { fileURLToPath } from 'node:url';
import { encodeSerialRequest } from '../../../../host/src/drivers/serial/request-codec.ts';
import { assert } from '../../../lib/suite.ts';
import { TOOLS } from '../../../lib/tools.ts';
import { startPeer } from '../../../peers/peer-process.ts';
import { openPtyPair } from '../../../peers/pty-pair.ts';
import type { LeafCase } from '../leaf-case.ts';

const DEVICE = fileURLToPath(new URL('../../../peers/serial-device.py', import.meta.url));
const EXPIRY_MS = 20_000;
const exchange = (text: string): Uint8Array =>
  encodeSerialRequest({ kind: 'exchange', data: Buffer.from(`${text}\r\n`), expiryMs: EXPIRY_MS }, 'port');

export const serial: LeafCase = {
  title: 'exchanges lines with python3-serial, and hears those that nobody asked for',
  needs: [TOOLS.pythonSerial, TOOLS.socat],
  async run(bench) {
    const ports = bench.with(await openPtyPair());
    bench.with(await startPeer('/usr/bin/python3', [DEVICE, ports.far]));
    const framing = { type: 'delimiter', delimiter: '\r\n' };
    const port = { type: 'serial', path: ports.near, baudRate: 9_600, framing, frameBytes: 64, timeoutMs: 2_000 };
    const flood = { kind: 'write', data: Buffer.from('FLOOD 3\r\n'), expiryMs: EXPIRY_MS } as const;
    await bench.open({
      capability: 'serial',
      grants: [{ device: 'port', read: true, write: true }],
      config: { devices: { port } },
      asks: [
        { request: encodeSerialRequest({ kind: 'subscribe' }, 'port'), isSubscription: true },
        { request: exchange('ECHO one') },
        { request: exchange('ECHO two') },
        { request: encodeSerialRequest(flood, 'port') },
      ],
    });
    for (const [index, text] of [
      [1, 'one'],
      [2, 'two'],
      [3, ''],
    ] as const) {
      const { status, payload } = await bench.answer(index);
      assert.deepEqual([index, status, payload.toString()], [index, 0, text]);
    }
    // The newest frame is delivered in any case.
    await bench.answer(0, ({ status, payload }) => status === 0 && payload.toString() === '2');
  },
};
