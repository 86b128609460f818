import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Controller } from './controller.ts';

export interface ControllerSocketOptions {
  readonly controller: Controller;
  readonly path: string;
  /** The host reads again after it was slow. */
  readonly onDrain: () => void;
}

/** A unix socket behind which one controller waits for a host; a new host takes the place of the one before. */
export class ControllerSocket {
  readonly #options: ControllerSocketOptions;
  readonly #server: Server;
  #isPlugged = true;
  #socket: Socket | undefined;

  private constructor(options: ControllerSocketOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** Listens; rejects with the system's error. A socket file that a dead process left is replaced. */
  static async open(options: ControllerSocketOptions): Promise<ControllerSocket> {
    rmSync(options.path, { force: true });
    const server = createServer();
    const opened = new ControllerSocket(options, server);
    server.listen(options.path);
    await once(server, 'listening');
    return opened;
  }

  get isPlugged(): boolean {
    return this.#isPlugged;
  }

  /** Takes the adapter away: the host's connection ends, and new ones are ended at once. */
  unplug(): void {
    this.#isPlugged = false;
    this.#socket?.destroy();
    this.#drop(this.#socket);
  }

  plug(): void {
    this.#isPlugged = true;
  }

  async close(): Promise<void> {
    this.unplug();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {}); // a host that is ended is no news
    if (!this.#isPlugged) {
      socket.destroy();
      return;
    }
    this.#socket?.destroy();
    this.#socket = socket;
    const { controller, onDrain } = this.#options;
    controller.attach({
      get backlogBytes() {
        return socket.writableLength;
      },
      send: (packet) => void socket.write(packet),
      close: () => socket.destroy(),
    });
    socket.on('data', (chunk) => {
      if (this.#socket === socket) controller.receive(chunk);
    });
    socket.on('drain', onDrain);
    socket.on('close', () => this.#drop(socket));
  }

  /** Detaches the controller, unless another host has taken the place. */
  #drop(socket: Socket | undefined): void {
    if (socket === undefined || this.#socket !== socket) return;
    this.#socket = undefined;
    this.#options.controller.detach();
  }
}
