import type { Socket } from 'node:net';
import type { IConnackPacket } from 'mqtt';
import type mqttClient from 'mqtt/lib/client';
import { reasonCodeOf } from '../mqtt/failure.ts';
import type { Acknowledgement, Greeting, Session, SessionRequest } from './session.ts';

/** User property of a CONNACK by which a hub announces that one connection may speak for all identities of a gateway. */
const IDENTITIES_PROPERTY = 'gatehouse-identities';

/** PUBACK codes after which the same message may be accepted later: unspecified, implementation, quota. */
const BUSY = new Set([128, 131, 151]);

/** The hub sends us nothing but short packets. */
const INCOMING_PACKET_BYTES_MAX = 65_536;

export type MqttClientClass = typeof mqttClient.default;

/**
 * Loads the client class alone: the main entry of the package also brings WebSockets, proxies and a command line. It is
 * loaded only by a gateway that has an uplink.
 */
export async function loadMqttClient(): Promise<MqttClientClass> {
  const { default: exported } = await import('mqtt/lib/client');
  // Loaders differ in whether the default of a CommonJS module is its `exports` or the `default` in them.
  return 'default' in exported ? exported.default : exported;
}

/**
 * Speaks MQTT over an open socket until the hub accepts the connection.
 *
 * The client object lives as long as the socket and no longer: it never reconnects, so that it never sends again from
 * its own store, and it is given a message only while connected, so that its queues stay empty. What it keeps is what is
 * in flight, which the caller bounds.
 *
 * @returns a rejected promise, with what the socket or the client reported, when the hub does not accept
 */
export function openMqttSession(Client: MqttClientClass, socket: Socket, request: SessionRequest): Promise<Session> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) {
      reject(new Error('the connection was closed'));
      return;
    }
    let cause: unknown;
    let isAsked = false;
    let ended: (cause: unknown) => void = reject;
    const client = new Client(() => socket, {
      clientId: request.clientId,
      ...(request.username !== undefined && { username: request.username }),
      ...(request.password !== undefined && { password: request.password }),
      protocolVersion: request.version,
      keepalive: request.keepAliveSeconds,
      clean: true,
      reconnectPeriod: 0,
      // The caller has a deadline of its own; the longest that a timer can take.
      connectTimeout: 2_147_483_647,
      queueQoSZero: false,
      resubscribe: false,
      timerVariant: 'native',
      // Otherwise the codec fills a table of 65,536 buffers, which takes 16 MB.
      writeCache: false,
      log: () => {},
      ...(request.version === 5 && { properties: { maximumPacketSize: INCOMING_PACKET_BYTES_MAX } }),
    });
    client.on('error', (error) => {
      cause ??= error;
      socket.destroy();
    });
    client.on('disconnect', (packet) => {
      cause ??= new Error(`the hub closed the connection with reason code ${packet.reasonCode ?? 0}`);
    });
    socket.once('close', () => ended(isAsked ? undefined : (cause ?? new Error('the hub closed the connection'))));
    const closed = new Promise<unknown>((settle) => {
      client.once('connect', (connack) => {
        ended = settle;
        resolve({
          greeting: readGreeting(connack),
          closed,
          publish: (topic, body, done) => {
            client.publish(topic, body, { qos: 1 }, (error) => done(acknowledgement(error)));
          },
          end: () => {
            isAsked = true;
            client.end();
          },
          destroy: (reason) => {
            if (reason === undefined) isAsked = true;
            cause ??= reason;
            socket.destroy();
          },
        });
      });
    });
  });
}

function acknowledgement(error: unknown): Acknowledgement {
  if (error === undefined || error === null) return { kind: 'accepted' };
  const reason = error instanceof Error ? error.message : String(error);
  const code = reasonCodeOf(error);
  return code === undefined || BUSY.has(code) ? { kind: 'busy', reason } : { kind: 'refused', code, reason };
}

function readGreeting({ properties }: IConnackPacket): Greeting {
  return {
    isShared: [properties?.userProperties?.[IDENTITIES_PROPERTY]].flat().includes('shared'),
    receiveMaximum: properties?.receiveMaximum ?? 65_535,
    packetBytesMax: properties?.maximumPacketSize ?? 268_435_455,
  };
}
