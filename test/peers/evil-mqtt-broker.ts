import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import mqtt, { type Packet } from 'mqtt-packet';

/** What a broker does with the packets of one connection. */
export type Behaviour = (packet: Packet, socket: Socket, connection: number) => void;

/** A broker that does what a test tells it, on a free port of loopback. */
export class EvilMqttBroker {
  readonly port: number;
  connections = 0;
  behaviour: Behaviour;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, behaviour: Behaviour) {
    this.#server = server;
    this.behaviour = behaviour;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async open(behaviour: Behaviour): Promise<EvilMqttBroker> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EvilMqttBroker(server, behaviour);
  }

  /** Ends all connections. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    const connection = ++this.connections;
    const parser = mqtt.parser();
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    parser.on('packet', (packet) => this.behaviour(packet, socket, connection));
    parser.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => parser.parse(bytes));
  }
}

/** Writes packets as they are. */
export function send(socket: Socket, ...packets: readonly Packet[]): void {
  for (const packet of packets) socket.write(mqtt.generate(packet));
}

/** What a broker in order says to a packet: it accepts, grants, acknowledges. */
function answersTo(packet: Packet): readonly Packet[] {
  const { messageId = 0 } = packet;
  if (packet.cmd === 'connect') return [{ cmd: 'connack', returnCode: 0, sessionPresent: false }];
  if (packet.cmd === 'subscribe') return [{ cmd: 'suback', messageId, granted: packet.subscriptions.map(() => 0) }];
  if (packet.cmd === 'publish' && packet.qos === 1) return [{ cmd: 'puback', messageId }];
  return packet.cmd === 'pingreq' ? [{ cmd: 'pingresp' }] : [];
}

export const inOrder: Behaviour = (packet, socket) => send(socket, ...answersTo(packet));

/** The same for bytes that are whole packets. */
export function bytesInOrder(request: Buffer): Buffer {
  const answers: Buffer[] = [];
  const parser = mqtt.parser();
  parser.on('packet', (packet) => answers.push(...answersTo(packet).map((answer) => mqtt.generate(answer))));
  parser.on('error', () => {});
  parser.parse(request);
  return Buffer.concat(answers);
}
