import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { assert } from '../lib/suite.ts';
import { until } from '../lib/until.ts';

const READER = 'reader';

export interface MosquittoOptions {
  /** Lines of configuration for the listener that the uplink uses. */
  readonly listener?: readonly string[];
}

/**
 * Debian's mosquitto with two listeners: one for the uplink, set up as a test wants it, and a plain one by which the test
 * itself reads. It stores subscriptions at once, so that a reader that has ever subscribed misses nothing that the broker
 * acknowledges after it was killed and started again; and it writes to a reader that is there before it acknowledges.
 */
export class Mosquitto {
  readonly port: number;
  readonly readerPort: number;
  readonly folder: string;
  /** Everything it has logged. */
  log = '';
  #process: ChildProcess | undefined;
  readonly #readers: ChildProcess[] = [];

  private constructor(folder: string, port: number, readerPort: number) {
    this.folder = folder;
    this.port = port;
    this.readerPort = readerPort;
  }

  /** Finds free ports and starts it. The caller closes it. */
  static async open(options: MosquittoOptions = {}): Promise<Mosquitto> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mosquitto-'));
    const [port, readerPort] = await freePorts();
    const configuration = [
      `user ${userInfo().username}`,
      'per_listener_settings true',
      'log_type all',
      'log_dest stderr',
      'persistence true',
      `persistence_location ${folder}/`,
      'autosave_interval 1',
      'autosave_on_changes true',
      'max_queued_messages 0',
      'max_inflight_messages 0',
      `listener ${port} 127.0.0.1`,
      ...(options.listener ?? ['allow_anonymous true']),
      `listener ${readerPort} 127.0.0.1`,
      'allow_anonymous true',
    ];
    writeFileSync(join(folder, 'mosquitto.conf'), `${configuration.join('\n')}\n`);
    const broker = new Mosquitto(folder, port, readerPort);
    try {
      await broker.start();
    } catch (error) {
      await broker.close();
      throw error;
    }
    return broker;
  }

  async start(): Promise<void> {
    const child = spawn('/usr/sbin/mosquitto', ['-c', join(this.folder, 'mosquitto.conf')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
      });
    }
    await until('mosquitto listens', () => {
      if (child.exitCode !== null) throw new Error(`mosquitto ended:\n${this.log}`);
      return accepts(this.readerPort);
    });
  }

  /** SIGTERM ends it in order, SIGKILL as a power cut would; waits until it is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Ids of the clients that connected, in order, without readers. */
  get clients(): string[] {
    const ids = [...this.log.matchAll(/New client connected from \S+ as (\S+)/g)].map((match) => match[1]!);
    return ids.filter((id) => id !== READER);
  }

  /** Starts a `mosquitto_sub` for all topics, and waits until it is subscribed. It comes back when the broker does. */
  async read(): Promise<Reader> {
    const args = [
      '-h',
      '127.0.0.1',
      '-p',
      String(this.readerPort),
      '-t',
      '#',
      '-q',
      '1',
      '-c',
      '-i',
      READER,
      '-d',
      '-F',
      '>%t %p',
    ];
    // Line by line, although it writes to a pipe.
    const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#readers.push(child);
    const reader = new Reader();
    child.stdout.setEncoding('utf8').on('data', (text: string) => reader.feed(text));
    await until('mosquitto_sub is subscribed', () => reader.subscribed > 0);
    return reader;
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) reader.kill('SIGKILL');
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a `mosquitto_sub` has received. */
export class Reader {
  readonly messages: { topic: string; body: string }[] = [];
  /** Times it has subscribed: once for each connection. */
  subscribed = 0;
  #rest = '';

  feed(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('Subscribed')) this.subscribed++;
      if (!line.startsWith('>')) continue;
      const space = line.indexOf(' ');
      this.messages.push({ topic: line.slice(1, space), body: line.slice(space + 1) });
    }
  }

  bodies(): string[] {
    return this.messages.map(({ body }) => body);
  }

  /** Waits until as many messages have come, which must be these. */
  async exactly(bodies: readonly string[]): Promise<void> {
    await until(`${bodies.length} messages read`, () => this.messages.length >= bodies.length);
    assert.deepEqual(this.bodies(), bodies);
  }
}

/** Runs a test with a broker and a reader that is subscribed, and closes both. */
export async function withMosquitto(
  options: MosquittoOptions,
  body: (broker: Mosquitto, reader: Reader) => Promise<void>,
): Promise<void> {
  const broker = await Mosquitto.open(options);
  try {
    await body(broker, await broker.read());
  } finally {
    await broker.close();
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as { port: number }).port;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0]!, ports[1]!];
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
