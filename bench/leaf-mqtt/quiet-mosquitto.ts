import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../test/lib/until.ts';

/** Microseconds of one tick of `/proc/PID/stat`. */
const TICK_US = 10_000;

/** Debian's mosquitto without log and without persistence, and a `mosquitto_sub` that takes everything with QoS 1. */
export class QuietMosquitto {
  readonly port: number;
  /** Messages that the subscriber has written. */
  received = 0;
  readonly #folder: string;
  readonly #processes: readonly ChildProcess[];

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    const broker = spawn('/usr/sbin/mosquitto', ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
    this.#processes = [broker];
  }

  static async open(): Promise<QuietMosquitto> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mosquitto-'));
    const port = await freePort();
    const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'log_type none', 'persistence false'];
    // Otherwise it drops what a subscriber does not take at once.
    lines.push('max_queued_messages 0', 'max_inflight_messages 0');
    writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    const peer = new QuietMosquitto(folder, port);
    await until('mosquitto to take a message', () => peer.#publishes());
    await peer.#subscribe();
    return peer;
  }

  /** Processor time that broker and subscriber have used, in microseconds. */
  get cpuUs(): number {
    return this.#processes.reduce((sum, { pid }) => sum + cpuUsOf(pid as number), 0);
  }

  async close(): Promise<void> {
    for (const child of this.#processes) child.kill('SIGKILL');
    await Promise.all(this.#processes.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A retained message, by which the subscriber shows that it is there. */
  #publishes(): boolean {
    try {
      const args = ['-p', String(this.port), '-t', 'leaf/ready', '-m', 'x', '-r', '-q', '1'];
      execFileSync('mosquitto_pub', args, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  async #subscribe(): Promise<void> {
    const args = ['-p', String(this.port), '-t', 'leaf/#', '-q', '1', '-F', 'm'];
    const subscriber = spawn('mosquitto_sub', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    (this.#processes as ChildProcess[]).push(subscriber);
    subscriber.stdout.on('data', (bytes: Buffer) => {
      // Two bytes a message.
      this.received += bytes.byteLength / 2;
    });
    // It may keep the first in its buffer until there are more.
    await until('the subscriber', () => this.#publishes() && this.received > 0);
  }
}

function cpuUsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
