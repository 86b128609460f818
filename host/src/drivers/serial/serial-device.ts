import { backOffDelays } from '../back-off.ts';
import type { Clock, Timer } from '../clock.ts';
import { DeviceHealth } from '../device-health.ts';
import type { DriverEvents } from '../driver.ts';
import { JobQueue } from '../job-queue.ts';
import type { ModuleSession } from '../module-session.ts';
import type { OpenPort, Port } from '../serial-port.ts';
import type { SerialConfig } from './config.ts';
import { createFramer } from './create-framer.ts';
import type { Framer } from './framer.ts';
import { ENDING, JOBS_MAX, type JobEnding, type SerialJob } from './serial-job.ts';

const ATTEMPTS = { firstMs: 0, startMs: 500, maxMs: 30_000 };
/** A line that is not silent for so many deadlines after a missing answer is opened anew. */
const RESTS_MAX = 10;

export interface SerialDeviceOptions {
  readonly name: string;
  readonly config: SerialConfig;
  readonly events: DriverEvents;
  readonly clock: Clock;
  readonly random: () => number;
  readonly openPort: OpenPort;
}

interface Active {
  readonly job: SerialJob;
  readonly deadline: Timer;
}

/** One serial port: one thing is written at a time, and what comes in is cut into frames. */
export class SerialDevice {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly #options: SerialDeviceOptions;
  readonly #health: DeviceHealth;
  readonly #queue: JobQueue<SerialJob, JobEnding>;
  readonly #framer: Framer;
  readonly #subscribers = new Map<(frame: Uint8Array) => void, ModuleSession>();
  readonly #counters = { opens: 0, frames: 0, noise: 0, receivedBytes: 0, writes: 0, exchanges: 0, timeouts: 0 };
  #delays: Iterator<number, never>;
  #port: Port | undefined;
  #isOpen = false;
  #attempt: Timer | undefined;
  #active: Active | undefined;
  /** Set after an answer that did not come: until the line is silent, what comes may be that answer. */
  #rest: Timer | undefined;
  #restEndsAt = 0;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: SerialDeviceOptions) {
    const { name, config, clock, events, random } = options;
    this.name = name;
    this.nameBytes = new TextEncoder().encode(name);
    this.#options = options;
    this.#health = new DeviceHealth(name, clock, events.log);
    this.#queue = new JobQueue<SerialJob, JobEnding>({
      clock,
      max: JOBS_MAX,
      full: ENDING.full,
      expired: ENDING.expired,
    });
    this.#delays = backOffDelays(ATTEMPTS, random);
    this.#framer = createFramer(config, clock, {
      frame: (bytes) => this.#takeFrame(bytes),
      noise: () => {
        this.#counters.noise++;
      },
    });
  }

  open(): void {
    const delayMs = this.#delays.next().value;
    this.#attempt = this.#options.clock.after(delayMs, () => this.#openPort());
  }

  add(job: SerialJob): void {
    this.#counters[job.kind === 'write' ? 'writes' : 'exchanges']++;
    if (this.#closing !== undefined) job.ended(ENDING.closing);
    else this.#queue.add(job);
    this.#pump();
  }

  /** Calls back for every frame that is not the answer of an exchange, until the session is over. */
  subscribe(session: ModuleSession, onFrame: (frame: Uint8Array) => void): void {
    this.#subscribers.set(onFrame, session);
  }

  /** Ends what the instance of a module asked for; after an orderly stop, what waits is still written. */
  endSession(session: ModuleSession, isOrderly: boolean): void {
    for (const [onFrame, owner] of this.#subscribers) if (owner === session) this.#subscribers.delete(onFrame);
    if (!isOrderly) this.#queue.remove(ENDING.moduleGone, (job) => job.session === session);
  }

  status(): Record<string, unknown> {
    const { path, baudRate, framing } = this.#options.config;
    const { last } = this.#health;
    const state = this.#closing !== undefined ? 'closed' : this.#isOpen ? 'open' : 'waiting';
    return {
      ...{ state, path, baudRate, framing: framing.type, queued: this.#queue.length },
      ...this.#counters,
      ...(last === undefined ? {} : { lastError: last }),
    };
  }

  /** Ends what waits, lets what is being written leave, and closes the port. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#attempt?.cancel();
    this.#queue.remove(ENDING.closing);
    this.#subscribers.clear();
    // It has a deadline, so this ends.
    if (this.#active !== undefined) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    this.#attempt?.cancel();
    this.#drop();
  }

  #openPort(): void {
    const { config, openPort } = this.#options;
    // A port that was given up may still have something to say.
    const isCurrent = (): boolean => this.#port === port;
    const port: Port = openPort(config, {
      opened: () => isCurrent() && this.#opened(),
      received: (bytes) => isCurrent() && this.#received(bytes),
      drained: () => isCurrent() && this.#drained(),
      closed: (error) => isCurrent() && this.#closed(error),
    });
    this.#port = port;
  }

  #opened(): void {
    this.#isOpen = true;
    this.#counters.opens++;
    this.#delays = backOffDelays(ATTEMPTS, this.#options.random);
    this.#delays.next();
    this.#health.connected();
    this.#pump();
  }

  #closed(error: Error | undefined): void {
    const { path } = this.#options.config;
    const why = error === undefined ? '' : ` (${error.message})`;
    if (this.#isOpen) this.#health.report('DEVICE_CLOSED', `${path} is gone${why}`);
    else this.#health.report('DEVICE_UNREACHABLE', `${path} cannot be opened${why}`);
    this.#reopen();
  }

  #reopen(): void {
    this.#drop();
    if (this.#closing === undefined) this.open();
    this.#end(ENDING.lost);
  }

  /** Gives the port up with all that is half done on it. */
  #drop(): void {
    this.#port?.close();
    this.#port = undefined;
    this.#isOpen = false;
    this.#rest?.cancel();
    this.#rest = undefined;
    this.#framer.reset();
  }

  #pump(): void {
    if (!this.#isOpen || this.#active !== undefined || this.#rest !== undefined) return;
    const job = this.#queue.next();
    if (job === undefined) return;
    const { clock, config } = this.#options;
    // What has begun to come in before is no answer.
    if (job.kind === 'exchange') this.#framer.reset();
    this.#active = { job, deadline: clock.after(config.timeoutMs, () => this.#timeOut()) };
    this.#port?.write(job.data);
  }

  #received(bytes: Uint8Array): void {
    this.#counters.receivedBytes += bytes.byteLength;
    if (this.#rest === undefined) this.#framer.push(bytes);
    else this.#startRest();
  }

  #takeFrame(frame: Uint8Array): void {
    this.#counters.frames++;
    this.#health.answered();
    if (this.#active?.job.kind === 'exchange') this.#end({ ...ENDING.written, frame });
    else for (const onFrame of [...this.#subscribers.keys()]) onFrame(frame);
  }

  #drained(): void {
    if (this.#active?.job.kind === 'write') this.#end(ENDING.written);
  }

  #timeOut(): void {
    const { config, clock } = this.#options;
    this.#counters.timeouts++;
    if (this.#active?.job.kind !== 'exchange') {
      this.#health.report('DEVICE_TIMEOUT', `${config.path} did not take a write within ${config.timeoutMs} ms`);
      this.#reopen();
      return;
    }
    this.#health.report('DEVICE_TIMEOUT', `no answer within ${config.timeoutMs} ms`);
    this.#framer.reset();
    this.#restEndsAt = clock.now() + RESTS_MAX * config.timeoutMs;
    this.#startRest();
    this.#end(ENDING.unanswered);
  }

  #startRest(): void {
    const { config, clock } = this.#options;
    this.#rest?.cancel();
    if (clock.now() >= this.#restEndsAt) {
      this.#reopen();
      return;
    }
    this.#rest = clock.after(config.timeoutMs, () => {
      this.#rest = undefined;
      this.#pump();
    });
  }

  #end(ending: JobEnding): void {
    const active = this.#active;
    if (active === undefined) return;
    this.#active = undefined;
    active.deadline.cancel();
    active.job.ended(ending);
    this.#onIdle?.();
    this.#pump();
  }
}
