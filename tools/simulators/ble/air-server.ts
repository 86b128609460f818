import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Air } from './air.ts';
import { AirError } from './air-error.ts';
import { serveControl } from './control-channel.ts';
import type { ControlMessage } from './control-message.ts';
import { ControllerSocket } from './controller-socket.ts';
import { TtyBridge } from './tty-bridge.ts';

export interface AirServerOptions {
  /** An existing folder of its own; sockets and ttys appear in it. */
  readonly folder: string;
  readonly controllers: number;
  /** Whether to make a tty for each controller, which needs `socat`. */
  readonly hasTtys: boolean;
}

const CONTROL_CONNECTIONS_MAX = 8;
const QUIET_MS = 100;

/**
 * The air for other processes. In its folder: `controller-N.sock` (HCI packets, H4), `hciN` (the same as a tty) and
 * `control.sock` (JSON lines).
 */
export class AirServer {
  readonly air: Air;
  readonly #options: AirServerOptions;
  readonly #sockets: ControllerSocket[] = [];
  readonly #bridges = new Map<number, TtyBridge>();
  readonly #control: Server = createServer();
  readonly #controlSockets = new Set<Socket>();
  #closing: Promise<void> | undefined;

  private constructor(options: AirServerOptions) {
    this.#options = options;
    this.air = new Air(options.controllers);
    this.#control.maxConnections = CONTROL_CONNECTIONS_MAX;
    this.#control.on('connection', (socket) => this.#acceptControl(socket));
  }

  /** Resolves when every controller can be reached; rejects with the system's error or `TTY_LOST`. */
  static async open(options: AirServerOptions): Promise<AirServer> {
    const server = new AirServer(options);
    try {
      await server.#open();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  socketPath(index: number): string {
    return join(this.#options.folder, `controller-${index}.sock`);
  }

  ttyPath(index: number): string {
    return join(this.#options.folder, `hci${index}`);
  }

  get controlPath(): string {
    return join(this.#options.folder, 'control.sock');
  }

  /** Does what a control message asks for; throws an `AirError` when it cannot. */
  async perform(message: ControlMessage): Promise<Readonly<Record<string, unknown>>> {
    const { air } = this;
    switch (message.kind) {
      case 'drop':
        air.drop(message.controller, message.peer);
        return {};
      case 'silence':
        air.silence(message.controller);
        return {};
      case 'resume':
        air.resume(message.controller);
        return {};
      case 'rssi':
        air.setRssi(message.controller, message.dbm);
        return {};
      case 'delay':
        air.setDelay(message.controller, message.ms);
        return {};
      case 'corrupt':
        air.corrupt(message.controller, { how: message.how, at: message.at, packets: message.packets });
        return {};
      case 'unplug':
        await this.unplug(message.controller);
        return {};
      case 'plug':
        await this.plug(message.controller);
        return {};
      case 'status':
        return { controllers: air.status() };
      default:
        return message satisfies never;
    }
  }

  /** Takes an adapter away, its tty too. */
  async unplug(index: number): Promise<void> {
    const socket = this.#socketOf(index, true);
    // The line falls quiet before it ends: `serialport` never notices an end that it meets while it reads.
    this.air.controller(index).detach();
    if (this.#bridges.has(index)) await setTimeout(QUIET_MS);
    socket.unplug();
    await this.#bridges.get(index)?.close();
    this.#bridges.delete(index);
  }

  /** Brings it back, as new: its host has to begin from the start. */
  async plug(index: number): Promise<void> {
    const socket = this.#socketOf(index, false);
    socket.plug();
    await this.#bridge(index);
  }

  /** Ends everything it opened, and removes its files. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #open(): Promise<void> {
    for (const controller of this.air.controllers) {
      const path = this.socketPath(controller.index);
      const onDrain = (): void => this.air.flow(controller);
      this.#sockets.push(await ControllerSocket.open({ controller, path, onDrain }));
      await this.#bridge(controller.index);
    }
    rmSync(this.controlPath, { force: true });
    this.#control.listen(this.controlPath);
    await once(this.#control, 'listening');
  }

  async #bridge(index: number): Promise<void> {
    if (!this.#options.hasTtys) return;
    const isAttached = (): boolean => this.air.controller(index).isAttached;
    const [tty, socketPath] = [this.ttyPath(index), this.socketPath(index)];
    this.#bridges.set(index, await TtyBridge.open({ tty, socketPath, isAttached }));
  }

  #socketOf(index: number, isPlugged: boolean): ControllerSocket {
    this.air.controller(index);
    const socket = this.#sockets[index]!;
    if (socket.isPlugged === isPlugged) return socket;
    const words = isPlugged ? ['plugged in', 'out'] : ['out', 'plugged in'];
    throw new AirError('NO_SUCH_STATE', { place: 'controller', expected: `one that is ${words[0]}`, got: words[1]! });
  }

  #acceptControl(socket: Socket): void {
    this.#controlSockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#controlSockets.delete(socket));
    serveControl(socket, socket, (message) => this.perform(message))
      .catch(() => {}) // the other side is gone
      .finally(() => socket.end());
  }

  async #close(): Promise<void> {
    for (const socket of this.#controlSockets) socket.destroy();
    const steps = [...this.#bridges.values(), ...this.#sockets].map((part) => part.close());
    if (this.#control.listening) {
      this.#control.close();
      steps.push(once(this.#control, 'close').then(() => {}));
    }
    await Promise.allSettled(steps);
    this.air.close();
  }
}
