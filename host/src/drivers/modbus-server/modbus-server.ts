import { type BackOff, backOffDelays } from '../back-off.ts';
import type { Clock, Timer } from '../clock.ts';
import { DeviceHealth } from '../device-health.ts';
import type { DriverEvents, WriteOutcome } from '../driver.ts';
import { Allowances } from './allowances.ts';
import { ClientConnection, type CutOff } from './client-connection.ts';
import { compileClientList } from './client-list.ts';
import { ClientReports } from './client-reports.ts';
import type { ModbusServerConfig } from './config.ts';
import { EXCEPTION } from './exception.ts';
import type { Identification } from './identification.ts';
import type { Listener, OpenListener, Peer, PeerEvents } from './listener.ts';
import { RegisterServer, type Registers } from './register-server.ts';

const RELISTEN: BackOff = { firstMs: 0, startMs: 500, maxMs: 30_000 };

export interface ModbusServerOptions {
  readonly name: string;
  readonly config: ModbusServerConfig;
  readonly registers: Registers;
  readonly identification: Identification;
  readonly events: Pick<DriverEvents, 'log'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly openListener: OpenListener;
}

/** One address where clients connect. */
export class ModbusServer {
  readonly name: string;
  readonly #options: ModbusServerOptions;
  readonly #health: DeviceHealth;
  readonly #reports: ClientReports;
  readonly #server: RegisterServer;
  readonly #isAllowed: (address: string) => boolean;
  readonly #allowances: Allowances;
  readonly #clients = new Set<ClientConnection>();
  readonly #counters = { connections: 0, requests: 0, exceptions: 0, idle: 0 };
  readonly #writes: Record<WriteOutcome, number> = { confirmed: 0, refused: 0, unknown: 0, expired: 0, dropped: 0 };
  #delays: Iterator<number, never>;
  #listener: Listener | undefined;
  #attempt: Timer | undefined;
  #port: number | undefined;
  #isClosed = false;

  constructor(options: ModbusServerOptions) {
    const { name, config, registers, identification, events, clock, random } = options;
    this.name = name;
    this.#options = options;
    this.#health = new DeviceHealth(name, clock, events.log);
    this.#reports = new ClientReports(name, clock, events.log);
    this.#server = new RegisterServer(registers, config.unitIds, identification);
    this.#isAllowed = compileClientList(config.clients);
    this.#allowances = new Allowances(clock, config.requestsPerSecond);
    this.#delays = backOffDelays(RELISTEN, random);
  }

  /** Port that it listens on, while it does. */
  get port(): number | undefined {
    return this.#port;
  }

  open(): void {
    const delayMs = this.#delays.next().value;
    this.#attempt = this.#options.clock.after(delayMs, () => this.#listen());
  }

  /** Counts what became of a write that was taken from a client. */
  wrote(outcome: WriteOutcome): void {
    this.#writes[outcome]++;
  }

  status(): Record<string, unknown> {
    const { host } = this.#options.config;
    const { last } = this.#health;
    const state = this.#isClosed ? 'closed' : this.#port === undefined ? 'waiting' : 'listening';
    return {
      ...{ state, host, ...(this.#port === undefined ? {} : { port: this.#port }), clients: this.#clients.size },
      ...this.#counters,
      ...this.#reports.counters,
      writes: { ...this.#writes },
      ...(last === undefined ? {} : { lastError: last }),
    };
  }

  /** Listens no more, and ends every connection. */
  close(): void {
    this.#isClosed = true;
    this.#attempt?.cancel();
    this.#listener?.close();
    this.#listener = undefined;
    this.#port = undefined;
    for (const client of [...this.#clients]) client.close();
  }

  #listen(): void {
    const { config, openListener } = this.#options;
    // A listener that was given up may still have something to say.
    const isCurrent = (): boolean => this.#listener === listener;
    const listener: Listener = openListener(config.host, config.port, {
      listening: (port) => isCurrent() && this.#listening(port),
      connected: (peer) => this.#connected(peer),
      failed: (error) => isCurrent() && this.#failed(error),
    });
    this.#listener = listener;
  }

  #listening(port: number): void {
    const { config, events, random } = this.#options;
    this.#port = port;
    this.#delays = backOffDelays(RELISTEN, random);
    this.#delays.next();
    this.#health.answered();
    events.log('info', `server "${this.name}" listens for Modbus on ${config.host} port ${port}`);
  }

  #failed(error: Error): void {
    const { host, port } = this.#options.config;
    this.#listener = undefined;
    this.#port = undefined;
    this.#health.report('LISTEN_FAILED', `cannot listen on ${host} port ${port} (${error.message})`);
    this.open();
  }

  #connected(peer: Peer): PeerEvents | undefined {
    const { config, clock } = this.#options;
    if (this.#isClosed) {
      peer.reset();
      return undefined;
    }
    const refusal = !this.#isAllowed(peer.address) ? 'refused' : this.#makesRoom(peer.address) ? undefined : 'full';
    if (refusal !== undefined) {
      this.#reports.add(refusal, peer.name);
      peer.reset();
      return undefined;
    }
    this.#counters.connections++;
    const { idleMs, requestsPerSecond } = config;
    const client: ClientConnection = new ClientConnection({
      ...{ peer, clock, idleMs, requestsPerSecond, allowance: this.#allowances.of(peer.address) },
      answer: (bytes, at, length, name) => this.#answer(bytes, at, length, name),
      throttled: () => this.#reports.add('throttled', peer.name),
      over: (cutOff) => this.#over(client, peer, cutOff),
    });
    this.#clients.add(client);
    return client;
  }

  /** Whether there is room for a client; an address that has at least two connections more gives one up. */
  #makesRoom(address: string): boolean {
    if (this.#clients.size < this.#options.config.maxClients) return true;
    const counts = new Map<string, number>();
    for (const client of this.#clients) counts.set(client.address, (counts.get(client.address) ?? 0) + 1);
    const most = Math.max(...counts.values());
    if (most < (counts.get(address) ?? 0) + 2) return false;
    const [first, ...others] = [...this.#clients].filter((client) => counts.get(client.address) === most);
    others.reduce((a, b) => (b.lastRequestAt < a.lastRequestAt ? b : a), first!).makeRoom();
    return true;
  }

  #answer(bytes: Uint8Array, at: number, length: number, client: string): Uint8Array {
    const { frame, exception } = this.#server.answer(bytes, at, length, client);
    this.#counters.requests++;
    if (exception !== 0) this.#counters.exceptions++;
    if (exception === EXCEPTION.illegalAddress) this.#reports.add('denied', client);
    return frame;
  }

  #over(client: ClientConnection, peer: Peer, cutOff: CutOff | undefined): void {
    this.#clients.delete(client);
    this.#allowances.note(peer.address, client.allowance);
    if (cutOff === 'idle') this.#counters.idle++;
    else if (cutOff !== undefined) this.#reports.add(cutOff, peer.name);
  }
}
