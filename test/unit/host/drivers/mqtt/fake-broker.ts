import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import mqtt, { type Packet } from 'mqtt-packet';
import type { OpenStream } from '../../../../../host/src/mqtt/open-stream.ts';

/** One connection to a `FakeBroker`, in the place of a socket. */
class FakeSocket extends Duplex {
  readonly #parser = mqtt.parser();
  readonly #isRead: () => boolean;
  #unread: (() => void) | undefined;

  constructor(take: (packet: Packet, socket: FakeSocket) => void, isRead: () => boolean) {
    super();
    this.#isRead = isRead;
    this.#parser.on('packet', (packet) => take(packet, this));
    this.on('error', () => {});
  }

  send(packet: Packet): void {
    this.push(mqtt.generate(packet));
  }

  destroySoon(): void {
    this.end(() => this.destroy());
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#unread = () => {
      this.#parser.parse(bytes);
      done();
    };
    if (this.#isRead()) this.catchUp();
  }

  /** Takes what was not read so far. */
  catchUp(): void {
    const unread = this.#unread;
    this.#unread = undefined;
    unread?.();
  }
}

/** A broker without a network: it accepts whoever connects, and acknowledges messages when a test says so. */
export class FakeBroker {
  readonly sockets: FakeSocket[] = [];
  isThere = true;
  /** Whether what is sent to it leaves. */
  #isReading = true;
  readonly #unanswered: (() => void)[] = [];

  readonly open: OpenStream = async () => {
    if (!this.isThere)
      return { kind: 'failed', stage: 'tcp', cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) };
    const socket = new FakeSocket(
      (packet, to) => this.#take(packet, to),
      () => this.#isReading,
    );
    this.sockets.push(socket);
    return { kind: 'open', socket: socket as unknown as Socket };
  };

  get connections(): number {
    return this.sockets.filter(({ destroyed }) => !destroyed).length;
  }

  /** Reads nothing more for now. */
  pause(): void {
    this.#isReading = false;
  }

  resume(): void {
    this.#isReading = true;
    for (const socket of this.sockets) socket.catchUp();
  }

  /** Acknowledges what it has got and not acknowledged. */
  answer(): void {
    for (const answer of this.#unanswered.splice(0)) answer();
  }

  leave(): void {
    this.isThere = false;
    for (const socket of this.sockets) socket.destroy();
  }

  #take(packet: Packet, socket: FakeSocket): void {
    if (packet.cmd === 'connect') socket.send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
    if (packet.cmd === 'pingreq') socket.send({ cmd: 'pingresp' });
    if (packet.cmd !== 'publish') return;
    const { messageId = 0 } = packet;
    this.#unanswered.push(() => !socket.destroyed && socket.send({ cmd: 'puback', messageId }));
  }
}
