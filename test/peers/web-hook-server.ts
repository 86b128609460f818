import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PeerProcess, startPeer } from './peer-process.ts';

const SCRIPT = fileURLToPath(new URL('python-hook-server.py', import.meta.url));

export interface SeenPost {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
}

/** A web hook that python3 is, which can be away and come back at the same port. */
export class WebHookServer {
  readonly port: number;
  /** A folder of its own, which goes with `close`. */
  readonly folder: string;
  #process: PeerProcess | undefined;

  private constructor(folder: string, process: PeerProcess) {
    this.folder = folder;
    this.#process = process;
    this.port = process.port;
  }

  static async open(): Promise<WebHookServer> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-hook-'));
    return new WebHookServer(folder, await startPeer('python3', [SCRIPT, join(folder, 'status')]));
  }

  /** Answers every POST with this status from now on. */
  answerWith(status: number): void {
    writeFileSync(join(this.folder, 'status'), String(status));
  }

  async seen(): Promise<SeenPost[]> {
    const response = await fetch(`http://127.0.0.1:${this.port}/`);
    return (await response.json()) as SeenPost[];
  }

  async leave(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
  }

  /** Comes back, having forgotten everything. */
  async comeBack(): Promise<void> {
    this.#process = await startPeer('python3', [SCRIPT, join(this.folder, 'status'), String(this.port)]);
  }

  async close(): Promise<void> {
    await this.leave();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
