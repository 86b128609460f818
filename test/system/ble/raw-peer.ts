import { SerialPort } from 'serialport';
import { until } from '../../lib/until.ts';

const ACL = 2;
const EVENT = 4;
const ATT_CHANNEL = 4;
/** Longest piece of a packet that a controller takes. */
const PIECE_BYTES = 251;

/** What a raw peer answers to a packet of the attribute protocol; nothing when it is silent. */
export type Answering = (request: Buffer) => Buffer | readonly Buffer[] | undefined;

/**
 * A peripheral without a Bluetooth stack: it advertises, and what it sends on a link is what the test says, byte by byte. Behind a tty
 * of the air.
 */
export class RawPeer {
  answering: Answering;
  /** Packets of the attribute protocol that came. */
  readonly received: Buffer[] = [];
  links = 0;
  readonly #port: SerialPort;
  #bytes = Buffer.alloc(0);
  #handle: number | undefined;

  private constructor(port: SerialPort, answering: Answering) {
    this.#port = port;
    this.answering = answering;
    port.on('error', () => undefined);
    port.on('data', (bytes: Buffer) => this.#take(bytes));
  }

  static async open(path: string, answering: Answering, data = Buffer.from([2, 1, 6])): Promise<RawPeer> {
    const port = new SerialPort({ path, baudRate: 1_000_000, autoOpen: false });
    await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
    const peer = new RawPeer(port, answering);
    peer.#command(0x0c03);
    peer.#command(0x2006, Buffer.from([0x20, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0]));
    peer.advertise(data);
    return peer;
  }

  /** Changes what is advertised, and advertises. */
  advertise(data: Buffer): void {
    this.#command(0x2008, Buffer.concat([Buffer.from([data.length]), data, Buffer.alloc(31 - data.length)]));
    this.#command(0x200a, Buffer.from([1]));
  }

  get isLinked(): boolean {
    return this.#handle !== undefined;
  }

  /** Sends a packet of the attribute protocol that nobody asked for. */
  send(pdu: Buffer): void {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(pdu.length, 0);
    head.writeUInt16LE(ATT_CHANNEL, 2);
    const packet = Buffer.concat([head, pdu]);
    for (let at = 0; at < packet.length; at += PIECE_BYTES)
      this.sendRaw(packet.subarray(at, at + PIECE_BYTES), at === 0);
  }

  /** Sends the bytes of an L2CAP packet, or a part of one. */
  sendRaw(bytes: Buffer, isFirst = true): void {
    if (this.#handle === undefined) return;
    const head = Buffer.alloc(5);
    head[0] = ACL;
    // From host to controller the first part of a packet has no flags; the controller of the air makes them those of the other way.
    head.writeUInt16LE(this.#handle | ((isFirst ? 0 : 1) << 12), 1);
    head.writeUInt16LE(bytes.length, 3);
    this.#port.write(Buffer.concat([head, bytes]));
  }

  async close(): Promise<void> {
    if (this.#port.isOpen) await new Promise<void>((resolve) => this.#port.close(() => resolve()));
  }

  untilLinked(): Promise<unknown> {
    return until('a link to the raw peer', () => this.isLinked);
  }

  #command(code: number, parameters = Buffer.alloc(0)): void {
    const head = Buffer.from([1, code & 255, code >> 8, parameters.length]);
    this.#port.write(Buffer.concat([head, parameters]));
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const size = this.#size();
      if (size === undefined || this.#bytes.length < size) return;
      const packet = this.#bytes.subarray(0, size);
      this.#bytes = this.#bytes.subarray(size);
      if (packet[0] === EVENT) this.#event(packet);
      else this.#data(packet);
    }
  }

  #size(): number | undefined {
    const bytes = this.#bytes;
    if (bytes[0] === EVENT) return bytes.length < 3 ? undefined : 3 + bytes[2]!;
    return bytes.length < 5 ? undefined : 5 + bytes.readUInt16LE(3);
  }

  #event(packet: Buffer): void {
    if (packet[1] === 0x3e && packet[3] === 1 && packet[4] === 0) {
      this.#handle = packet.readUInt16LE(5);
      this.links++;
    }
    if (packet[1] === 0x05 && packet.readUInt16LE(4) === this.#handle) {
      this.#handle = undefined;
      // Who was connected has stopped advertising.
      this.#command(0x200a, Buffer.from([1]));
    }
  }

  #data(packet: Buffer): void {
    if (packet.readUInt16LE(7) !== ATT_CHANNEL) return;
    const request = Buffer.from(packet.subarray(9));
    this.received.push(request);
    const answer = this.answering(request);
    for (const pdu of answer === undefined ? [] : Buffer.isBuffer(answer) ? [answer] : answer) this.send(pdu);
  }
}

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);

/** A table of one service 181a with one characteristic 2a6e of these properties, whose value has handle 3 and whose configuration 4. */
export function tableAnswers(properties = 0x1e): Answering {
  return (request) => {
    switch (request[0]) {
      case 0x02:
        return Buffer.concat([Buffer.from([0x03]), u16(100)]);
      case 0x10:
        return request.readUInt16LE(1) > 1
          ? errorOf(request, 0x0a)
          : Buffer.concat([Buffer.from([0x11, 6]), u16(1), u16(0xffff), u16(0x181a)]);
      case 0x08:
        if (request.readUInt16LE(5) === 0x2902) return Buffer.concat([Buffer.from([0x09, 4]), u16(4), u16(0)]);
        return request.readUInt16LE(1) > 2
          ? errorOf(request, 0x0a)
          : Buffer.concat([Buffer.from([0x09, 7]), u16(2), Buffer.from([properties]), u16(3), u16(0x2a6e)]);
      case 0x0a:
        return Buffer.from([0x0b, 1, 2, 3]);
      case 0x12:
        return Buffer.from([0x13]);
      case 0x16:
        return Buffer.concat([Buffer.from([0x17]), request.subarray(1)]);
      case 0x18:
        return Buffer.from([0x19]);
      default:
        return undefined;
    }
  };
}

export const errorOf = (request: Buffer, code: number): Buffer =>
  Buffer.from([0x01, request[0]!, request[1] ?? 0, request[2] ?? 0, code]);
