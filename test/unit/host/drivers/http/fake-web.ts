import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Duplex } from 'node:stream';
import type { Agents } from '../../../../../host/src/drivers/http/exchange.ts';

/** A connection to a server that is the test: no socket, no port, no time. */
export class FakeSocket extends Duplex {
  #asked = '';
  #isAnswered = false;

  /** What the client has written. */
  get asked(): string {
    return this.#asked;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#asked += chunk.toString('latin1');
    done();
  }

  /** Answers a whole request that has no answer yet. */
  answer(body: string): void {
    if (this.#isAnswered || this.destroyed || !this.#asked.includes('\r\n\r\n')) return;
    this.#isAnswered = true;
    this.push(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }

  // What node:http asks of a socket besides.
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** All connections that the driver opened, in order, and whether more are accepted. */
export class FakeWeb {
  readonly sockets: FakeSocket[] = [];
  isOpen = true;
  readonly agents: Agents;

  constructor() {
    const connect = (): FakeSocket => this.#connect();
    class FakeAgent extends Agent {
      override createConnection(): FakeSocket {
        return connect();
      }
    }
    this.agents = { http: new FakeAgent(), https: new HttpsAgent() };
  }

  get open(): number {
    return this.sockets.filter(({ destroyed }) => !destroyed).length;
  }

  #connect(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const isOpen = this.isOpen;
    process.nextTick(() => {
      if (isOpen) socket.emit('connect');
      else socket.destroy(refused);
    });
    return socket;
  }
}
