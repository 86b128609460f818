import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import mqttPacket, { type IConnectPacket, type Packet } from 'mqtt-packet';

export interface HubDoubleOptions {
  readonly versions: readonly (4 | 5)[];
  /** User properties of the CONNACK. */
  readonly userProperties?: Record<string, string>;
  /** How it treats a version it does not know: as the standard says, or by closing without a word. */
  readonly refusal?: 'connack' | 'close';
}

/** A hub that accepts everybody, keeps what comes and acknowledges it. It holds one connection for each client id. */
export class HubDouble {
  readonly connects: IConnectPacket[] = [];
  readonly published: { clientId: string; topic: string; body: string }[] = [];
  /** Connections that were replaced by another of the same client id, which a client should never cause. */
  evicted = 0;
  readonly #options: HubDoubleOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Map<string, Socket>();

  private constructor(options: HubDoubleOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async open(options: HubDoubleOptions): Promise<HubDouble> {
    const hub = new HubDouble(options);
    hub.#server.listen(0, '127.0.0.1');
    await once(hub.#server, 'listening');
    return hub;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  get clientIds(): string[] {
    return this.connects.map(({ clientId }) => clientId);
  }

  /** Drops every connection, as a restart would. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    let connect: IConnectPacket | undefined;
    const send = (packet: Packet) =>
      socket.write(mqttPacket.generate(packet, { protocolVersion: connect!.protocolVersion! }));
    const parser = mqttPacket.parser();
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (connect && this.#clients.get(connect.clientId) === socket) this.#clients.delete(connect.clientId);
    });
    socket.on('data', (chunk) => parser.parse(chunk));
    parser.on('error', () => socket.destroy());
    parser.on('packet', (packet) => {
      switch (packet.cmd) {
        case 'connect':
          connect = packet;
          this.#accept(socket, packet, send);
          break;
        case 'publish':
          this.published.push({ clientId: connect!.clientId, topic: packet.topic, body: String(packet.payload) });
          if (packet.qos === 1) send({ cmd: 'puback', messageId: packet.messageId!, reasonCode: 0 });
          break;
        case 'pingreq':
          send({ cmd: 'pingresp' });
          break;
        case 'disconnect':
          socket.end();
          break;
        default:
          socket.destroy();
      }
    });
  }

  #accept(socket: Socket, connect: IConnectPacket, send: (packet: Packet) => void): void {
    const { versions, userProperties, refusal = 'connack' } = this.#options;
    this.connects.push(connect);
    if (!versions.includes(connect.protocolVersion as 4 | 5)) {
      // Return code 1 in the form of MQTT 3.1.1, which is what a server that knows nothing later answers.
      if (refusal === 'connack') socket.write(Buffer.from([0x20, 2, 0, 1]));
      socket.end();
      return;
    }
    const previous = this.#clients.get(connect.clientId);
    if (previous !== undefined) {
      this.evicted++;
      previous.destroy();
    }
    this.#clients.set(connect.clientId, socket);
    const isV5 = connect.protocolVersion === 5;
    send({
      cmd: 'connack',
      sessionPresent: false,
      ...(isV5 ? { reasonCode: 0 } : { returnCode: 0 }),
      ...(isV5 && userProperties && { properties: { userProperties } }),
    });
  }
}

/** Runs a test with a hub, and closes it. */
export async function withHubDouble(options: HubDoubleOptions, body: (hub: HubDouble) => Promise<void>): Promise<void> {
  const hub = await HubDouble.open(options);
  try {
    await body(hub);
  } finally {
    await hub.close();
  }
}
