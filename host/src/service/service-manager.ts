import { execFile } from 'node:child_process';
import { escapeControls } from '../security/index.ts';

/** Part of systemd. It waits until the manager has read what it sent, so that the manager still knows whose it was. */
const SENDER = 'systemd-notify';
/** The manager reads at once; one that does not holds up no more than the next notification. */
const SEND_DEADLINE_MS = 10_000;

/** What a service manager is told, by the names of sd_notify(3). */
export interface Notification {
  readonly READY?: '1';
  readonly STOPPING?: '1';
  readonly WATCHDOG?: '1';
  /** One line for people. */
  readonly STATUS?: string;
}

/** Sends one notification; fails when it could not. */
export type SendNotification = (assignments: readonly string[]) => Promise<void>;

/**
 * Tells systemd how its service is. Node has no datagram sockets of the kind that systemd listens on, so `systemd-notify` sends in our
 * place: it comes with systemd, and for what is told a few times a minute a process each costs nothing that matters.
 */
export class ServiceManager {
  /** How long the manager waits for WATCHDOG=1 before it ends the service; undefined when it does not. */
  readonly watchdogMs: number | undefined;
  readonly #send: SendNotification;
  readonly #onTrouble: (error: Error) => void;
  #waiting: Notification | undefined;
  #sending: Promise<void> | undefined;
  #isFailing = false;

  constructor(watchdogMs: number | undefined, send: SendNotification, onTrouble: (error: Error) => void) {
    this.watchdogMs = watchdogMs;
    this.#send = send;
    this.#onTrouble = onTrouble;
  }

  /**
   * The manager that has started this process; undefined when none has. Takes what it said out of the environment, so that no other
   * child speaks in our name.
   *
   * @param onTrouble told when it cannot be reached any more, not each time
   */
  static of(environment: NodeJS.ProcessEnv, onTrouble: (error: Error) => void): ServiceManager | undefined {
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: microseconds } = environment;
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
    if (socket === undefined || socket === '') return undefined;
    const watchdogMs = Number(microseconds) / 1_000;
    return new ServiceManager(watchdogMs > 0 ? watchdogMs : undefined, systemdNotify(socket), onTrouble);
  }

  /** Sends soon. What waits behind a notification that is being sent becomes one, with the newest of each. */
  notify(notification: Notification): void {
    this.#waiting = { ...this.#waiting, ...notification };
    this.#sending ??= this.#work();
  }

  /** Resolves when all is sent, or could not be. */
  async close(): Promise<void> {
    await this.#sending;
  }

  async #work(): Promise<void> {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      try {
        await this.#send(Object.entries(next).map(([name, value]) => `${name}=${escapeControls(value as string)}`));
        this.#isFailing = false;
      } catch (error) {
        if (!this.#isFailing) this.#onTrouble(error as Error);
        this.#isFailing = true;
      }
    }
    this.#sending = undefined;
  }

  #take(): Notification | undefined {
    const next = this.#waiting;
    this.#waiting = undefined;
    return next;
  }
}

/** Sends to a socket by `systemd-notify`. */
function systemdNotify(socket: string): SendNotification {
  return (assignments) =>
    new Promise((resolve, reject) => {
      const options = {
        env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', NOTIFY_SOCKET: socket },
        timeout: SEND_DEADLINE_MS,
        killSignal: 'SIGKILL',
      } as const;
      execFile(SENDER, [...assignments], options, (error) => (error === null ? resolve() : reject(error)));
    });
}
