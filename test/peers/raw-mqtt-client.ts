import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import mqtt, { type IConnackPacket, type IConnectPacket, type Packet, type PacketCmd } from 'mqtt-packet';
import { until } from '../lib/until.ts';

/** Members of CONNECT; undefined takes one away. */
type Changes = { readonly [K in keyof IConnectPacket]?: IConnectPacket[K] | undefined };

/** A client of MQTT 3.1.1 that does only what it is told: sends any bytes, and acknowledges nothing by itself. */
export class RawMqttClient {
  readonly socket: Socket;
  readonly packets: Packet[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    const parser = mqtt.parser({ protocolVersion: 4 });
    parser.on('packet', (packet) => this.packets.push(packet));
    socket.on('data', (bytes: Buffer) => parser.parse(bytes));
    socket.on('error', () => {});
  }

  /** Connects, from an address of loopback, and says nothing yet. */
  static async connect(port: number, localAddress = '127.0.0.1'): Promise<RawMqttClient> {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    const client = new RawMqttClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Connects and logs in. */
  static async open(port: number, changes: Changes = {}): Promise<RawMqttClient> {
    const client = await RawMqttClient.connect(port);
    client.send(connectPacket(changes));
    const { returnCode } = (await client.sees('connack')) as IConnackPacket;
    if (returnCode !== 0) throw new Error(`refused with ${returnCode}`);
    return client;
  }

  send(...packets: readonly Packet[]): void {
    for (const packet of packets) this.socket.write(mqtt.generate(packet));
  }

  publish(topic: string, payload: string | Buffer, messageId?: number): void {
    const qos = messageId === undefined ? 0 : 1;
    this.send({
      cmd: 'publish',
      topic,
      payload,
      qos,
      dup: false,
      retain: false,
      ...(qos === 0 ? {} : { messageId }),
    } as Packet);
  }

  count(cmd: PacketCmd): number {
    return this.packets.filter((packet) => packet.cmd === cmd).length;
  }

  /** Waits for a packet of a kind. */
  sees(cmd: PacketCmd): Promise<Packet> {
    return until(cmd.toUpperCase(), () => this.packets.find((packet) => packet.cmd === cmd));
  }

  /** Waits until the other side has closed. */
  closed(): Promise<true> {
    return until('the connection to be closed', () => (this.socket.closed ? true : undefined));
  }

  close(): void {
    this.socket.destroy();
  }
}

/** CONNECT of the boiler of `listenerOf`. */
export function connectPacket(changes: Changes = {}): Packet {
  return {
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 },
    clientId: Math.random().toString(36).slice(2),
    username: 'boiler',
    password: Buffer.from('value-of-BOILER'),
    ...changes,
  } as Packet;
}
