import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { Aedes, AuthenticateError, Client, ConnectPacket, PublishPacket, Subscription } from 'aedes';
import type { ErrorCode } from '../../../errors.ts';
import type { LeafMessage, SendMessage } from '../../leaf-message.ts';
import { MQTT_LIMITS } from '../limits.ts';
import type { PublishJob } from '../publish-job.ts';
import { toLeafMessage } from '../to-leaf-message.ts';
import { isTopicText } from '../topic.ts';
import type { ClientTable } from './client-table.ts';
import type { LeafConnection } from './leaf-connection.ts';
import type { Leaf } from './leaves.ts';
import type { LogIn } from './log-in.ts';
import { RetainedRoom } from './retained-room.ts';

/** CONNACK codes of MQTT 3.1.1. */
const RETURN = { unavailable: 3, badPassword: 4, notAuthorized: 5 } as const;

/** How the embedded broker is set up, besides what each client may do. */
export const BROKER_OPTIONS = {
  // Its own queue can overflow the stack when a subscriber goes away under load.
  concurrency: 0,
  connectTimeout: 60_000,
  maxTopicLevels: MQTT_LIMITS.topicLevels,
  maxInflightInbound: MQTT_LIMITS.inFlight,
  // The 23 characters of MQTT 3.1 are those of a client; ours have the name of its user in front.
  maxClientsIdLength: Number.MAX_SAFE_INTEGER,
} as const;

export interface LeafBrokerEvents {
  /** A leaf did what it may not; undefined: a client that is nobody yet. */
  attacked(leaf: Leaf | undefined, code: ErrorCode, text: string): void;
  /** Nobody can log in at the moment. */
  unavailable(why: string): void;
  /** Somebody has, so that it is over. */
  available(): void;
  prepare(message: LeafMessage): SendMessage;
}

export interface LeafBrokerOptions {
  readonly logIn: LogIn;
  readonly table: ClientTable;
  readonly events: LeafBrokerEvents;
}

interface PausableClient {
  pause(): void;
}

/** Where the embedded broker keeps what is retained. */
interface RetainedStore {
  storeRetained(packet: Pick<PublishPacket, 'topic' | 'payload'>): Promise<void>;
}

type Done = (error?: Error | null) => void;

/**
 * The broker between the clients of one listener, with what each of them may do. Sessions end with their connection, so
 * that nothing is kept for who is away; what is retained has a room of its own.
 */
export class LeafBroker {
  readonly counters = { received: 0, refused: 0, notRetained: 0, lostWills: 0, logins: 0, refusedLogins: 0, denied: 0 };
  readonly retained = new RetainedRoom();
  readonly #options: LeafBrokerOptions;
  readonly #broker: Aedes;

  private constructor(broker: Aedes, options: LeafBrokerOptions) {
    this.#broker = broker;
    this.#options = options;
    broker.preConnect = (client, packet, done) => this.#prepareConnect(client, packet, done);
    broker.authenticate = (client, username, password, done) => void this.#logIn(client, username, password, done);
    broker.authorizePublish = (client, packet, done) => this.#takePublish(client, packet, done);
    broker.authorizeSubscribe = (client, subscription, done) => done(null, this.#allowed(client, subscription));
    // Some mistakes end the connection before they have a name.
    const blame = (client: Client, error: Error): void => connectionOf(client).blameFor(error);
    broker.on('clientError', blame);
    broker.on('connectionError', blame);
    this.#countRetained();
    (broker as EventEmitter).on('error', (error: Error) => options.events.unavailable(error.message));
  }

  /** Loads the broker, which only a gateway with a listener needs. */
  static async open(options: LeafBrokerOptions): Promise<LeafBroker> {
    const [{ Aedes: Broker }, { default: codec }] = await Promise.all([import('aedes'), import('mqtt-packet')]);
    // Otherwise the codec fills a table of 65,536 buffers, which takes 16 MB.
    codec.writeToStream.cacheNumbers = false;
    return new LeafBroker(await Broker.createBroker(BROKER_OPTIONS), options);
  }

  handle(connection: LeafConnection): void {
    this.#broker.handle(connection);
  }

  /** Hands a message of a module to all who have subscribed; `done` is called when it is in their queues. */
  publish({ topic, payload, qos, retain }: PublishJob, done: Done): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#broker.publish({ cmd: 'publish', topic, payload: bytes, qos, retain, dup: false }, done);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#broker.close(() => resolve()));
  }

  /** What a client asks for is changed to what it gets, before the broker looks at it. */
  #prepareConnect(client: Client, packet: ConnectPacket, done: (error: Error | null, success: boolean) => void): void {
    // What follows in a piece of its own would pass before anybody knows who it is from; the broker goes on by itself.
    (client as unknown as PausableClient).pause();
    // We look after silence ourselves: a client that waits for room is not heard.
    connectionOf(client).keepAliveSeconds = packet.keepalive ?? 0;
    packet.keepalive = 0;
    packet.clean = true;
    // Nobody can take over the connection of another user by its id.
    packet.clientId = `${packet.username ?? ''}/${packet.clientId || randomUUID()}`;
    done(null, true);
  }

  async #logIn(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): Promise<void> {
    const { logIn, table, events } = this.#options;
    const connection = connectionOf(client);
    const isGone = (): boolean => connection.destroyed;
    const result = await logIn.check({ address: connection.address, username, password, isGone });
    if (result?.kind === 'welcome') await this.#endOld(client);
    if (result === undefined || isGone()) return;
    if (result.kind !== 'welcome') connection.excuse();
    if (result.kind === 'unavailable') {
      events.unavailable(result.why);
      done(refusal(RETURN.unavailable), false);
    } else if (result.kind === 'refused') {
      this.counters.refusedLogins++;
      events.attacked(result.leaf, 'LISTENER_LOGIN', `a client is refused: ${result.why}`);
      done(refusal(RETURN.badPassword), false);
    } else if (!table.welcome(connection, result.leaf)) {
      connection.excuse();
      events.attacked(
        result.leaf,
        'LISTENER_LIMIT',
        'a client is refused: there are as many connections as there may be',
      );
      done(refusal(RETURN.unavailable), false);
    } else {
      this.counters.logins++;
      events.available();
      done(null, true);
    }
  }

  /** Who comes back takes the place of its old connection before anybody counts places [MQTT-3.1.4-2]. */
  async #endOld({ id }: Client): Promise<void> {
    const { clients } = this.#broker as unknown as { readonly clients: Readonly<Record<string, Client>> };
    const old = clients[id];
    if (old === undefined) return;
    await new Promise<void>((resolve) => old.close(() => resolve()));
    this.#options.table.remove(connectionOf(old));
  }

  /** A message of a client goes into the routes first; then the broker acknowledges it and hands it to who has subscribed. */
  #takePublish(client: Client | null, packet: PublishPacket, done: Done): void {
    const connection = client === null ? undefined : connectionOf(client);
    const leaf = connection?.leaf;
    if (connection === undefined || leaf === undefined) {
      done(new Error('it has not logged in'));
      return;
    }
    const { topic } = packet;
    if (!isTopicText(topic) || !leaf.mayPublish(topic)) {
      this.counters.denied++;
      connection.excuse();
      this.#options.events.attacked(
        leaf,
        'LISTENER_DENIED',
        `may not publish to ${JSON.stringify(topic.slice(0, 256))}`,
      );
      // MQTT 3.1.1 has no other way to say no [MQTT-3.3.5-2].
      done(new Error('it may not publish there'));
      return;
    }
    const message = toLeafMessage(leaf.name, packet);
    if (message === undefined) {
      this.counters.refused++;
      done(new Error('its message cannot be carried'));
      return;
    }
    this.counters.received++;
    const taken = (): void => {
      this.#retain(leaf, packet);
      done(null);
    };
    if (client?.closed) this.#takeWill(message, taken);
    else
      connection.lane.offer(message, () => {
        taken();
        connection.release();
      });
  }

  /** Nobody is there any more who could wait for room. */
  #takeWill(message: LeafMessage, taken: () => void): void {
    if (!this.#options.events.prepare(message)()) this.counters.lostWills++;
    taken();
  }

  #retain(leaf: Leaf, packet: PublishPacket): void {
    if (!packet.retain || this.retained.hasRoom(packet.topic, packet.payload.length)) return;
    packet.retain = false;
    this.counters.notRetained++;
    this.#options.events.attacked(leaf, 'LISTENER_LIMIT', 'a message is not retained: there is no room for more');
  }

  /** Counts a message where it is kept: not all that are let pass are, a repetition of QoS 2 or one whose client is gone for example. */
  #countRetained(): void {
    const { persistence } = this.#broker as unknown as { readonly persistence: RetainedStore };
    const store = persistence.storeRetained.bind(persistence);
    persistence.storeRetained = async (packet) => {
      if (this.retained.take(packet.topic, packet.payload.length)) await store(packet);
      else this.counters.notRetained++;
    };
  }

  #allowed(client: Client, subscription: Subscription): Subscription | null {
    const { leaf } = connectionOf(client);
    const held = Object.keys((client as { subscriptions?: object }).subscriptions ?? {}).length;
    if (leaf?.maySubscribe(subscription.topic) && held < MQTT_LIMITS.subscriptions) return subscription;
    this.counters.denied++;
    const filter = JSON.stringify(subscription.topic.slice(0, 256));
    this.#options.events.attacked(leaf, 'LISTENER_DENIED', `may not subscribe to ${filter}`);
    return null;
  }
}

const connectionOf = (client: Client): LeafConnection => client.conn as unknown as LeafConnection;

const refusal = (returnCode: number): AuthenticateError =>
  Object.assign(new Error('the log-in is refused'), { returnCode }) as AuthenticateError;
