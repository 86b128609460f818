import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../lib/until.ts';

const SCRIPT = fileURLToPath(new URL('./paho-client.py', import.meta.url));

export interface PahoOptions {
  readonly host?: string;
  readonly port: number;
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string;
  /** A PEM file; with it the client speaks TLS. */
  readonly ca?: string;
  /** Topic of its will. */
  readonly will?: string;
  readonly keepAlive?: number;
}

export interface PahoEvent {
  readonly event: 'connect' | 'disconnect' | 'acked' | 'subscribed' | 'message';
  readonly code?: number;
  readonly granted?: readonly number[];
  readonly topic?: string;
  readonly text?: string;
  readonly retain?: boolean;
}

/** A client of Debian's python3-paho-mqtt in a process of its own. */
export class PahoClient {
  readonly events: PahoEvent[] = [];
  readonly #process: ChildProcess;

  constructor(options: PahoOptions) {
    const text = JSON.stringify({ host: '127.0.0.1', ...options });
    this.#process = spawn('/usr/bin/python3', [SCRIPT, text], { stdio: ['pipe', 'pipe', 'inherit'] });
    let rest = '';
    this.#process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.events.push(JSON.parse(line) as PahoEvent);
    });
  }

  /** Starts one and waits until it is let in. */
  static async open(options: PahoOptions): Promise<PahoClient> {
    const client = new PahoClient(options);
    try {
      await client.sees('connect', ({ code }) => code === 0);
    } catch (error) {
      await client.close();
      throw error;
    }
    return client;
  }

  count(event: PahoEvent['event']): number {
    return this.events.filter((each) => each.event === event).length;
  }

  /** Waits for an event. */
  sees(event: PahoEvent['event'], condition: (event: PahoEvent) => boolean = () => true): Promise<PahoEvent> {
    return until(`paho to see ${event}; it saw ${JSON.stringify(this.events)}`, () =>
      this.events.find((each) => each.event === event && condition(each)),
    );
  }

  publish(topic: string, text: string, options: { readonly qos?: number; readonly retain?: boolean } = {}): void {
    this.#tell({ do: 'publish', topic, text, ...options });
  }

  /** Subscribes, and returns the QoS that it was granted; 128 is a refusal. */
  async subscribe(topic: string): Promise<number> {
    const before = this.count('subscribed');
    this.#tell({ do: 'subscribe', topic });
    await until('SUBACK', () => this.count('subscribed') > before);
    return this.events.filter(({ event }) => event === 'subscribed').at(-1)?.granted?.[0] ?? -1;
  }

  /** Says DISCONNECT. */
  end(): void {
    this.#tell({ do: 'end' });
  }

  /** Ends it as a power cut would. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }

  #tell(order: Readonly<Record<string, unknown>>): void {
    this.#process.stdin?.write(`${JSON.stringify(order)}\n`);
  }
}
