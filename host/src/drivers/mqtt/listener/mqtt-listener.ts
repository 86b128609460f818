import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { ErrorCode } from '../../../errors.ts';
import { type BackOff, backOffDelays } from '../../back-off.ts';
import type { Clock, Timer } from '../../clock.ts';
import { Denials } from '../../denials.ts';
import { DeviceHealth } from '../../device-health.ts';
import type { LeafEvents } from '../../leaf-message.ts';
import type { MqttListenerConfig } from '../config.ts';
import type { Intake } from '../intake.ts';
import { MQTT_LIMITS } from '../limits.ts';
import type { MqttDevice } from '../mqtt-device.ts';
import { ENDING, type PublishJob } from '../publish-job.ts';
import { ClientTable } from './client-table.ts';
import { LeafBroker } from './leaf-broker.ts';
import { LeafConnection } from './leaf-connection.ts';
import { type Leaf, Leaves } from './leaves.ts';
import { LogIn } from './log-in.ts';

const ATTEMPTS: BackOff = { firstMs: 0, startMs: 500, maxMs: 30_000 };
const SWEEP_MS = 1_000;
const TCP_KEEP_ALIVE_MS = 30_000;
/** Longest time in which a message of a module gets into the queues of the clients. */
const PUBLISH_MS = 5_000;

export interface MqttListenerOptions {
  readonly name: string;
  readonly config: MqttListenerConfig;
  readonly events: LeafEvents;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly random: () => number;
  readonly readSecret: (name: string) => Promise<string>;
}

/** A broker in the gateway, to which leaf devices connect. */
export class MqttListener implements MqttDevice {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly #options: MqttListenerOptions;
  readonly #health: DeviceHealth;
  readonly #denials: Denials;
  readonly #leaves: Leaves;
  readonly #table: ClientTable;
  readonly #delays: Iterator<number, never>;
  readonly #counters = { connections: 0, turnedAway: 0, cutOff: 0, published: 0 };
  #broker: LeafBroker | undefined;
  #server: Server | undefined;
  #attempt: Timer | undefined;
  #sweep: Timer | undefined;
  /** Messages on their way into the queues of the clients, by module. */
  readonly #underWay = new Map<string, number>();
  #closing: Promise<void> | undefined;

  constructor(options: MqttListenerOptions) {
    const { name, config, clock, events, random } = options;
    this.name = name;
    this.nameBytes = new TextEncoder().encode(name);
    this.#options = options;
    this.#health = new DeviceHealth(name, clock, events.log);
    this.#denials = new Denials(clock, (subject, text, count) => {
      const [code, leaf] = JSON.parse(subject) as [ErrorCode, string];
      events.attacked(leaf, code, `${leaf} at ${name}: ${text}`, count);
    });
    this.#leaves = new Leaves(name, config);
    this.#table = new ClientTable(config);
    this.#delays = backOffDelays(ATTEMPTS, random);
  }

  open(): void {
    this.#attempt = this.#options.clock.after(this.#delays.next().value, () => {
      this.#listen().catch((error: Error) => this.#retry(error.message));
    });
  }

  publish(job: PublishJob): void {
    const { clock } = this.#options;
    const broker = this.#broker;
    const { module } = job.session;
    const count = this.#underWay.get(module) ?? 0;
    this.#counters.published++;
    if (this.#closing !== undefined) job.ended(ENDING.closing);
    else if (broker === undefined) job.ended(ENDING.unavailable);
    else if (job.expiresAt <= clock.now()) job.ended(ENDING.expired);
    else if (count >= MQTT_LIMITS.waitingPublishes || !hasRoom(broker, job)) job.ended(ENDING.full);
    else {
      this.#underWay.set(module, count + 1);
      let isOver = false;
      const end = (isDone: boolean): void => {
        if (isOver) return;
        isOver = true;
        this.#release(module);
        deadline.cancel();
        job.ended(isDone ? ENDING.confirmed : ENDING.unknown);
      };
      const deadline = clock.after(PUBLISH_MS, () => end(false));
      broker.publish(job, (error) => end(error == null));
    }
  }

  /** Nothing waits here that was not handed on. */
  forget(): void {}

  status(): Record<string, unknown> {
    const { last } = this.#health;
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return {
      state: this.#closing !== undefined ? 'closed' : this.#server === undefined ? 'waiting' : 'listening',
      ...(address == null ? {} : { host: address.address, port: address.port }),
      ...{ clients: this.#table.known, unknownClients: this.#table.unknown, connected: this.#leaves.connected() },
      held: this.#table.held,
      ...{ retained: this.#broker?.retained.messages ?? 0, ...this.#counters, ...this.#broker?.counters },
      ...(last === undefined ? {} : { lastError: last }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#attempt?.cancel();
    this.#sweep?.cancel();
    this.#server?.close();
    this.#table.closeAll();
    this.#denials.flush();
    await this.#broker?.close();
  }

  async #listen(): Promise<void> {
    const { config, events, readSecret } = this.#options;
    const secure = await secureContextOf(config);
    this.#broker ??= await LeafBroker.open({
      ...{ logIn: new LogIn(this.#leaves, readSecret), table: this.#table },
      events: {
        prepare: (message) => events.message(message),
        attacked: (leaf, code, text) => this.#attacked(leaf, code, text),
        unavailable: (why) => this.#health.report('SECRET_UNAVAILABLE', why),
        available: () => this.#health.answered(),
      },
    });
    if (this.#closing !== undefined) {
      await this.#broker.close();
      return;
    }
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS });
    server.on('connection', (socket) => this.#accept(socket, secure));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.port, config.host, resolve);
    });
    server.on('error', (error) => this.#health.report('LISTEN_FAILED', error.message));
    if (this.#closing !== undefined) {
      server.close();
      return;
    }
    this.#server = server;
    this.#health.answered();
    const { address, port } = server.address() as AddressInfo;
    events.log('info', `device "${this.name}" listens on ${address} port ${port}`);
    this.#watch();
  }

  #retry(why: string): void {
    if (this.#closing !== undefined) return;
    const { host, port } = this.#options.config;
    this.#health.report('LISTEN_FAILED', `cannot listen on ${host} port ${port}: ${why}`);
    this.open();
  }

  #accept(socket: Socket, secureContext: SecureContext | undefined): void {
    const { config, clock, intake } = this.#options;
    this.#counters.connections++;
    // What happens to it before anybody listens is of no interest, and must not end the process.
    socket.on('error', () => {});
    if (!this.#table.hasRoom) {
      this.#counters.turnedAway++;
      this.#attacked(
        undefined,
        'LISTENER_LIMIT',
        'a client is turned away: there are as many connections as there may be',
      );
      socket.destroy();
      return;
    }
    const stream = secureContext === undefined ? socket : new TLSSocket(socket, { isServer: true, secureContext });
    const lane = intake.openLane();
    const connection = new LeafConnection(stream, {
      ...{ packetBytes: config.packetBytes, lane, now: () => clock.now() },
      onCut: ({ leaf }, why) => {
        this.#counters.cutOff++;
        this.#attacked(leaf, 'LISTENER_LIMIT', `a client is cut off: ${why}`);
      },
    });
    connection.once('close', () => {
      this.#table.remove(connection);
      intake.close(lane);
      // The socket under TLS may wait for the other side for ever.
      socket.destroy();
    });
    this.#table.add(connection);
    this.#broker?.handle(connection);
  }

  #release(module: string): void {
    const left = (this.#underWay.get(module) ?? 1) - 1;
    if (left > 0) this.#underWay.set(module, left);
    else this.#underWay.delete(module);
  }

  /** Looks for silent clients again and again. */
  #watch(): void {
    const { clock, config } = this.#options;
    this.#sweep = clock.after(Math.min(SWEEP_MS, config.connectMs / 2), () => {
      this.#table.cutSilent(clock.now());
      this.#watch();
    });
  }

  /** Those who are nobody count for the listener: names that they give are not ours. */
  #attacked(leaf: Leaf | undefined, code: ErrorCode, text: string): void {
    this.#denials.add(JSON.stringify([code, leaf?.name ?? this.name]), text);
  }
}

const hasRoom = ({ retained }: LeafBroker, { topic, payload, retain }: PublishJob): boolean =>
  !retain || retained.hasRoom(topic, payload.byteLength);

/** Certificate and key, if the listener speaks TLS. */
async function secureContextOf({ certificate, key }: MqttListenerConfig): Promise<SecureContext | undefined> {
  if (certificate === undefined || key === undefined) return undefined;
  const [cert, privateKey] = await Promise.all([readFile(certificate), readFile(key)]);
  return createSecureContext({ cert, key: privateKey, minVersion: 'TLSv1.2' });
}
