import type { Socket } from 'node:net';
import mqtt, {
  type IConnackPacket,
  type IPublishPacket,
  type ISubscription,
  type Packet,
  type Parser,
} from 'mqtt-packet';
import type { ConnectStage } from '../../../mqtt/failure.ts';
import { MQTT_LIMITS } from '../limits.ts';
import { PacketScanner } from '../packet-scanner.ts';

// Otherwise the codec fills a table of 65,536 buffers, which takes 16 MB.
mqtt.writeToStream.cacheNumbers = false;

export interface SessionRequest {
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** MQTT 3.1.1 is 4 on the wire. */
  readonly version: 4 | 5;
  readonly keepAliveSeconds: number;
  /** 0: the broker is to forget us at once. */
  readonly sessionSeconds: number;
  readonly packetBytes: number;
}

/** What a broker said when it accepted us. */
export interface BrokerGreeting {
  readonly receiveMaximum: number;
  readonly packetBytesMax: number;
  readonly keepAliveSeconds: number;
}

/** How a session ended: by the broker or the network, or because of what the broker sent. */
export interface SessionEnd {
  readonly stage: ConnectStage;
  readonly isProtocol: boolean;
  readonly cause: unknown;
}

export interface SessionEvents {
  accepted(greeting: BrokerGreeting): void;
  published(packet: IPublishPacket): void;
  /** `reasonCode` is 0 in MQTT 3.1.1. */
  acknowledged(messageId: number, reasonCode: number): void;
  subscribed(granted: readonly number[]): void;
  answeredPing(): void;
  /** Called once, unless we ended it. */
  closed(end: SessionEnd): void;
}

/**
 * Speaks MQTT over an open socket as a client, until the socket is gone. It acknowledges nothing by itself: who gets the
 * messages does, in its own time, while acknowledgements and answers of the broker go on being read.
 */
export class BrokerSession {
  readonly #socket: Socket;
  readonly #events: SessionEvents;
  readonly #options: { readonly protocolVersion: number };
  readonly #scanner: PacketScanner;
  readonly #parser: Parser;
  #stage: ConnectStage = 'mqtt';
  #isOver = false;
  #isPaused = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, request: SessionRequest, events: SessionEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#options = { protocolVersion: request.version };
    this.#scanner = new PacketScanner(request.packetBytes);
    this.#parser = mqtt.parser(this.#options);
    this.#parser.on('packet', (packet) => this.#take(packet));
    this.#parser.on('error', (error: Error) => this.#fail(`it sent what is no MQTT: ${error.message}`));
    let cause: unknown;
    socket.on('error', (error) => {
      cause ??= error;
    });
    socket.once('close', () => this.#end({ stage: this.#stage, isProtocol: false, cause: cause ?? closedByBroker() }));
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    this.#write(connectPacket(request));
  }

  subscribe(messageId: number, subscriptions: ISubscription[]): void {
    this.#write({ cmd: 'subscribe', messageId, subscriptions });
  }

  /** Sends a message; `written` is called when its bytes have left. Returns how long it is, or 0 if it is too long to be sent. */
  publish(packet: IPublishPacket, packetBytesMax: number, written: () => void): number {
    const bytes = mqtt.generate(packet, this.#options);
    if (bytes.byteLength > packetBytesMax) return 0;
    this.#send(bytes, written);
    return bytes.byteLength;
  }

  acknowledge(messageId: number): void {
    this.#write({ cmd: 'puback', messageId });
  }

  ping(): void {
    this.#write({ cmd: 'pingreq' });
  }

  /** Whether a message of any size may be sent without making the broker look as if it did not read. */
  get hasRoom(): boolean {
    return this.#socket.writableLength <= MQTT_LIMITS.outgoingBytes / 2;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Reads no further for now: the broker comes to wait. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // Not from within a packet that is being taken.
    queueMicrotask(() => this.#feed());
  }

  /** Says DISCONNECT and closes. */
  end(): void {
    if (this.#isOver) return;
    this.#write({ cmd: 'disconnect' });
    this.#isOver = true;
    this.#socket.destroySoon();
  }

  /** Gives the connection up because of something that the broker did or did not do. */
  destroy(cause: Error, isProtocol = false): void {
    this.#end({ stage: this.#stage, isProtocol, cause });
  }

  #received(bytes: Buffer): void {
    this.#rest = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#feed();
  }

  /** Hands what has come to the parser, a packet at a time, so that a pause takes effect behind each. */
  #feed(): void {
    let at = 0;
    while (at < this.#rest.byteLength && !this.#isPaused && !this.#isOver) {
      const end = this.#scanner.scan(this.#rest, at, 1);
      if (end < 0) this.#fail('it sent a packet that is longer than "packetBytes"');
      else this.#parse(this.#rest.subarray(at, end));
      at = end;
    }
    if (this.#isOver) return;
    this.#rest = this.#rest.subarray(at);
    if (this.#rest.byteLength > 0) this.#socket.pause();
    else this.#socket.resume();
  }

  #parse(bytes: Buffer): void {
    try {
      this.#parser.parse(bytes);
    } catch (error) {
      this.#fail(`it sent what cannot be read: ${(error as Error).message}`);
    }
  }

  #take(packet: Packet): void {
    if (this.#isOver) return;
    if (this.#stage === 'mqtt' && packet.cmd !== 'connack') {
      this.#fail(`it sent ${packet.cmd.toUpperCase()} instead of CONNACK`);
      return;
    }
    switch (packet.cmd) {
      case 'connack':
        this.#takeConnack(packet);
        return;
      case 'publish':
        if (packet.qos < 2) this.#events.published(packet);
        else this.#fail('it sent a message with QoS 2, for which nobody asked');
        return;
      case 'puback':
        this.#events.acknowledged(packet.messageId ?? 0, packet.reasonCode ?? 0);
        return;
      case 'suback':
        this.#events.subscribed(packet.granted as number[]);
        return;
      case 'pingresp':
        this.#events.answeredPing();
        return;
      case 'disconnect':
        this.#end({ ...{ stage: this.#stage, isProtocol: false }, cause: endedBy(packet.reasonCode) });
        return;
      default:
        this.#fail(`it sent ${packet.cmd.toUpperCase()}, which a broker does not send`);
    }
  }

  #takeConnack(packet: IConnackPacket): void {
    if (this.#stage === 'connected') {
      this.#fail('it sent CONNACK twice');
      return;
    }
    const code = packet.reasonCode ?? packet.returnCode ?? 0;
    if (code !== 0) {
      const cause = Object.assign(new Error(`it refuses the connection with code ${code}`), { code });
      this.#end({ stage: this.#stage, isProtocol: false, cause });
      return;
    }
    this.#stage = 'connected';
    const {
      receiveMaximum = 65_535,
      maximumPacketSize = MQTT_LIMITS.packetBytes,
      serverKeepAlive = 0,
    } = packet.properties ?? {};
    this.#events.accepted({ receiveMaximum, packetBytesMax: maximumPacketSize, keepAliveSeconds: serverKeepAlive });
  }

  #write(packet: Packet): void {
    this.#send(mqtt.generate(packet, this.#options), () => {});
  }

  #send(bytes: Buffer, written: () => void): void {
    if (this.#isOver) return;
    this.#socket.write(bytes, (error) => {
      if (error == null) written();
    });
    if (this.#socket.writableLength > MQTT_LIMITS.outgoingBytes) this.#fail('it does not read what is sent to it');
  }

  #fail(what: string): void {
    this.#end({ stage: this.#stage, isProtocol: true, cause: new Error(what) });
  }

  #end(end: SessionEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    this.#events.closed(end);
  }
}

const closedByBroker = (): Error => new Error('the broker closed the connection');
const endedBy = (reasonCode = 0): Error => new Error(`the broker ended the connection with reason code ${reasonCode}`);

function connectPacket(request: SessionRequest): Packet {
  const { clientId, username, password, version, keepAliveSeconds, sessionSeconds, packetBytes } = request;
  const properties = {
    sessionExpiryInterval: sessionSeconds,
    // Fewer than are read ahead, so that what a broker of MQTT 5 sends with QoS 1 never hides its acknowledgements from us.
    receiveMaximum: MQTT_LIMITS.heldMessages - 1,
    maximumPacketSize: packetBytes,
  };
  return {
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: version, clientId, keepalive: keepAliveSeconds },
    clean: sessionSeconds === 0,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
    ...(version === 5 ? { properties } : {}),
  };
}
