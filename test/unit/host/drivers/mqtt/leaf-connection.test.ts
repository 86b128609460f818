import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { Intake } from '../../../../../host/src/drivers/mqtt/intake.ts';
import { MQTT_LIMITS } from '../../../../../host/src/drivers/mqtt/limits.ts';
import { LeafConnection } from '../../../../../host/src/drivers/mqtt/listener/leaf-connection.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('a client of a listener that reads slowly');
const PIECE = Buffer.alloc(60_000);

/** A client that reads a piece when a test says so. */
function slowClient() {
  const unread: (() => void)[] = [];
  const told: string[] = [];
  const socket = new Duplex({ read: () => {}, write: (_bytes, _encoding, done) => void unread.push(done) });
  const intake = new Intake(new VirtualClock(), () => () => true);
  const connection = new LeafConnection(socket as Socket, {
    ...{ packetBytes: 1_000, lane: intake.openLane(), now: () => 0 },
    onCut: (_connection, why) => told.push(why),
  });
  const send = (bytes: number): void => {
    for (let sent = 0; sent < bytes; sent += PIECE.byteLength) connection.write(PIECE);
  };
  const read = (): Promise<void> => {
    unread.shift()?.();
    return new Promise((resolve) => setImmediate(resolve));
  };
  return { connection, told, send, read };
}

test('is left in peace with much that waits for it, as long as it reads', async () => {
  const { connection, told, send, read } = slowClient();
  send(3 * MQTT_LIMITS.outgoingBytes);
  for (let looks = 0; looks < 10; looks++) {
    connection.cutStalled();
    await read();
  }
  assert.deepEqual(told, []);
  connection.destroy();
});

test('is cut off when it reads nothing from one look to the next', async () => {
  const { connection, told, send, read } = slowClient();
  send(2 * MQTT_LIMITS.outgoingBytes);
  await read();
  connection.cutStalled();
  assert.deepEqual(told, [], 'it may just have been sent');
  connection.cutStalled();
  assert.deepEqual(told, ['it does not read what is sent to it']);
});

test('is not cut off for little that waits', () => {
  const { connection, told, send } = slowClient();
  send(MQTT_LIMITS.outgoingBytes / 2);
  for (let looks = 0; looks < 3; looks++) connection.cutStalled();
  assert.deepEqual(told, []);
  connection.destroy();
});

test('is cut off at once when more waits for it than may', () => {
  const { told, send } = slowClient();
  send(MQTT_LIMITS.outgoingBurstBytes + PIECE.byteLength);
  assert.deepEqual(told, ['it reads too slowly what is sent to it']);
});

test.run();
