import type { StreamFailure } from '../../../../host/src/mqtt/open-stream.ts';
import type { OpenSession } from '../../../../host/src/uplink/open-session.ts';
import type { Acknowledgement, Greeting, Session, SessionRequest } from '../../../../host/src/uplink/session.ts';

const GREETING: Greeting = { isShared: false, receiveMaximum: 65_535, packetBytesMax: 268_435_455 };

/** What the hub does with an attempt to connect: accept, fail, or say nothing. */
export type Answer = Greeting | StreamFailure | 'silence';

export interface Published {
  readonly clientId: string;
  readonly topic: string;
  readonly body: string;
}

/** A hub without sockets: answers attempts as a test says, keeps what is published, acknowledges when told, or at once. */
export class FakeHub {
  readonly requests: SessionRequest[] = [];
  readonly published: Published[] = [];
  readonly sessions: FakeSession[] = [];
  answer: (request: SessionRequest) => Answer = () => GREETING;
  /** Undefined: the test acknowledges. */
  acknowledge: ((message: Published) => Acknowledgement) | undefined = () => ({ kind: 'accepted' });
  /** The most sessions that one client id ever had at the same time. */
  mostSessionsOfOneClient = 0;

  static greeting(greeting: Partial<Greeting> = {}): Greeting {
    return { ...GREETING, ...greeting };
  }

  static failure(code: string | number, stage: StreamFailure['stage'] = 'mqtt'): StreamFailure {
    return { kind: 'failed', stage, cause: Object.assign(new Error(`failed with ${code}`), { code }) };
  }

  readonly openSession: OpenSession = (request, signal) => {
    this.requests.push(request);
    const answer = this.answer(request);
    if (answer === 'silence') {
      return new Promise((resolve) => {
        const fail = () => resolve({ kind: 'failed', stage: 'mqtt', cause: signal.reason });
        signal.addEventListener('abort', fail);
      });
    }
    if ('kind' in answer) return Promise.resolve(answer);
    const session = new FakeSession(this, request.clientId, answer);
    this.sessions.push(session);
    const open = this.sessions.filter(({ clientId, isOpen }) => isOpen && clientId === request.clientId);
    this.mostSessionsOfOneClient = Math.max(this.mostSessionsOfOneClient, open.length);
    return Promise.resolve({ kind: 'open', session });
  };

  get open(): FakeSession[] {
    return this.sessions.filter(({ isOpen }) => isOpen);
  }
}

export class FakeSession implements Session {
  readonly clientId: string;
  readonly greeting: Greeting;
  readonly closed: Promise<unknown>;
  isOpen = true;
  /** Ended in order, with a DISCONNECT. */
  isEnded = false;
  readonly waiting: ((acknowledgement: Acknowledgement) => void)[] = [];
  readonly #hub: FakeHub;
  #close!: (cause: unknown) => void;

  constructor(hub: FakeHub, clientId: string, greeting: Greeting) {
    this.#hub = hub;
    this.clientId = clientId;
    this.greeting = greeting;
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  publish(topic: string, body: Buffer, done: (acknowledgement: Acknowledgement) => void): void {
    const message = { clientId: this.clientId, topic, body: String(body) };
    this.#hub.published.push(message);
    const { acknowledge } = this.#hub;
    if (acknowledge === undefined) this.waiting.push(done);
    else queueMicrotask(() => this.isOpen && done(acknowledge(message)));
  }

  end(): void {
    this.isEnded = true;
    this.drop(undefined);
  }

  destroy(cause?: unknown): void {
    this.drop(cause);
  }

  /** The connection is gone, as if the network or the hub had done it. */
  drop(cause: unknown = new Error('reset')): void {
    this.isOpen = false;
    this.#close(this.isEnded ? undefined : cause);
  }
}
