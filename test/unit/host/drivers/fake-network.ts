import type { OpenTransport, Transport, TransportEvents } from '../../../../host/src/drivers/modbus/transport.ts';
import { type EvilRequest, goodAnswer } from '../../../peers/evil-modbus-server.ts';

/** One connection as the device's side sees it. */
export class FakeConnection implements Transport {
  /** Frames that the driver sent, as they were at that moment. */
  readonly sent: Buffer[] = [];
  over: 'ended' | 'reset' | undefined;
  readonly #events: TransportEvents;
  readonly #answered = new Set<number>();

  constructor(events: TransportEvents) {
    this.#events = events;
  }

  write(bytes: Uint8Array): void {
    this.sent.push(Buffer.from(bytes));
  }

  end(): void {
    this.over ??= 'ended';
  }

  reset(): void {
    this.over ??= 'reset';
  }

  accept(): void {
    this.#events.connected();
  }

  close(error?: Error): void {
    this.#events.closed(error);
  }

  /** Hands bytes on in a buffer that is used again, as that of a socket is. */
  receive(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes);
    this.#events.received(buffer, buffer.length);
    buffer.fill(0xee);
  }

  /** Answers the n-th frame as a device should; the last one by default. Register n holds n. */
  answer(index = this.sent.length - 1): void {
    this.#answered.add(index);
    this.receive(goodAnswer(requestOf(this.sent[index]!)));
  }

  /** Answers the oldest frame that has no answer yet; false when there is none. */
  answerNext(): boolean {
    const index = this.sent.findIndex((_, at) => !this.#answered.has(at));
    if (index >= 0) this.answer(index);
    return index >= 0;
  }

  /** What the driver sent, as `function:address`. */
  get log(): string[] {
    return this.sent.map((frame) => `${frame[7]}:${frame.readUInt16BE(8)}`);
  }
}

/** All connections that the driver opened, in order. */
export class FakeNetwork {
  readonly connections: FakeConnection[] = [];
  /** Whether connections are accepted at once. */
  isOpen = true;

  readonly open: OpenTransport = (_host, _port, events) => {
    const connection = new FakeConnection(events);
    this.connections.push(connection);
    if (this.isOpen) queueMicrotask(() => connection.over === undefined && connection.accept());
    return connection;
  };

  get last(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('the driver has not opened a connection');
    return connection;
  }
}

export function requestOf(frame: Buffer): EvilRequest {
  return {
    transaction: frame.readUInt16BE(0),
    unitId: frame[6]!,
    function: frame[7]!,
    address: frame.readUInt16BE(8),
    operand: frame.length < 12 ? 0 : frame.readUInt16BE(10),
    frame,
  };
}
