import { STATUS } from '../../abi/constants.ts';
import type { Clock } from '../clock.ts';
import type { DriverEvents, RequestCaller } from '../driver.ts';
import type { ModuleSession } from '../module-session.ts';
import type { ModbusConfig } from './config.ts';
import type { DeviceLink, LinkEvents } from './device-link.ts';
import { DevicePolls } from './device-polls.ts';
import { DeviceRecord } from './device-record.ts';
import type { LinkFault } from './exchange.ts';
import { IdentificationJob } from './identification-job.ts';
import { EMPTY_PAYLOAD, type Job } from './job.ts';
import { ReadJob } from './read-job.ts';
import type { RegisterRange } from './register-range.ts';
import {
  type IdentifyRequest,
  isWriting,
  type ModbusRequest,
  mayBeBroadcast,
  type WriteRequest,
  type WritingRequest,
} from './request.ts';
import { RequestQueue } from './request-queue.ts';
import { auditOf, type WriteOrigin } from './write-audit.ts';
import { type WriteEnding, WriteJob } from './write-job.ts';
import type { WriteShare } from './write-share.ts';

export interface DeviceOptions {
  readonly name: string;
  readonly config: ModbusConfig;
  readonly timeoutMs: number;
  /** Where it is, for its status. */
  readonly place: Readonly<Record<string, unknown>>;
  /** How it is said that it cannot be reached. */
  readonly unreachable: string;
  /** Whether requests go to all units of a line, which do not answer: only writes make sense. */
  readonly isBroadcast: boolean;
  readonly createLink: (events: LinkEvents) => DeviceLink;
  /** What writes may take of the connection, or of the line with all its units. */
  readonly share: WriteShare;
  /** Declared ranges by poll. */
  readonly polls: ReadonlyMap<string, readonly RegisterRange[]>;
  readonly events: DriverEvents;
  readonly clock: Clock;
}

/** One device: the way to it, what waits for it, its polls, and what is known of it. */
export class ModbusDevice {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly #options: DeviceOptions;
  readonly #link: DeviceLink;
  readonly #queue: RequestQueue;
  readonly #polls: DevicePolls;
  readonly #record: DeviceRecord;
  #isClosing = false;
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  constructor(options: DeviceOptions) {
    const { name, config, clock, events } = options;
    this.name = name;
    this.nameBytes = new TextEncoder().encode(name);
    this.#options = options;
    this.#queue = new RequestQueue(clock, options.share);
    this.#record = new DeviceRecord({ ...options, log: events.log });
    this.#link = options.createLink({
      connected: () => this.#record.connected(),
      ready: () => this.#pump(),
      answered: (isException) => this.#record.answered(isException),
      down: (fault, error, lost) => this.#down(fault, error, lost),
      failed: (fault) => this.#failed(fault),
      mostUrgent: () => this.#queue.mostUrgent(),
    });
    const submit = (job: Job): void => this.#submit(job);
    this.#polls = new DevicePolls({ config, polls: options.polls, clock, submit });
  }

  open(): void {
    this.#link.open();
  }

  /** Makes what a module asks for and answers it, unless its session ends before. */
  request(request: ModbusRequest, session: ModuleSession, caller: RequestCaller): void {
    if (this.#options.isBroadcast && !mayBeBroadcast(request)) {
      caller.answer(STATUS.invalid, 0, EMPTY_PAYLOAD);
      return;
    }
    switch (request.kind) {
      case 'read':
        this.#record.read();
        this.#submit(new ReadJob(request, session, caller));
        return;
      case 'identify':
        this.#record.read();
        this.#submit(this.#identificationJob(request, session, caller));
        return;
      case 'write':
      case 'mask-write':
      case 'read-write':
        this.#write(request, session, caller);
        return;
      case 'subscribe':
        this.#subscribe(request.poll, session, caller);
        return;
      default:
        request satisfies never;
    }
  }

  /** Makes a write in the place of a module before anything else that waits. Returns how to give it up while unsent. */
  writeFailSafe(request: WriteRequest, module: string, ended: (confirmed: boolean) => void): () => void {
    const by: WriteOrigin = { origin: 'fail-safe', module, device: this.name };
    const startedAt = this.#options.clock.now();
    const job = new WriteJob({
      request,
      session: undefined,
      expiresAt: Number.POSITIVE_INFINITY,
      ended: (ending) => {
        this.#count(ending, by, request, startedAt);
        ended(ending.outcome === 'confirmed');
      },
    });
    this.#queue.addFirst(job);
    this.#pump();
    return () => this.#queue.remove(job);
  }

  /** Ends what the instance of a module asked for; after an orderly stop, writes that wait are still made. */
  endSession(session: ModuleSession, isOrderly: boolean): void {
    this.#polls.endSession(session);
    if (isOrderly) this.#queue.removeReadsOf(session);
    else this.#queue.removeOf(session);
  }

  status(): Record<string, unknown> {
    const { state, pending, strayBytes } = this.#link;
    return {
      state,
      ...this.#options.place,
      pending,
      ...(strayBytes === undefined ? {} : { strayBytes }),
      queued: this.#queue.length,
      ...this.#record.status(),
      polls: this.#polls.status(),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { clock, timeoutMs } = this.#options;
    this.#isClosing = true;
    this.#polls.close();
    this.#queue.removeReads('closing');
    if (this.#link.state === 'waiting') this.#queue.removeAll();
    const deadline = clock.after(timeoutMs, () => {
      this.#queue.removeAll();
      this.#pump();
    });
    // Every request in flight has a deadline, so this ends.
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
      this.#pump();
    });
    deadline.cancel();
    this.#link.close();
  }

  #write(request: WritingRequest, session: ModuleSession, caller: RequestCaller): void {
    const startedAt = this.#options.clock.now() - (caller.ageMs ?? 0);
    const by: WriteOrigin = { origin: 'module', module: session.module, device: this.name };
    const ended = (ending: WriteEnding): void => {
      this.#count(ending, by, request, startedAt);
      if (!session.isOver) caller.answer(ending.status, ending.detail, ending.payload);
    };
    this.#submit(new WriteJob({ request, session, expiresAt: startedAt + request.expiryMs, ended }));
  }

  #identificationJob(request: IdentifyRequest, session: ModuleSession, caller: RequestCaller): Job {
    return new IdentificationJob({ request, session, caller, submit: (job) => this.#submit(job) });
  }

  #subscribe(pollName: Uint8Array, session: ModuleSession, caller: RequestCaller): void {
    const name = new TextDecoder().decode(pollName);
    if (!this.#polls.has(name)) caller.answer(STATUS.notFound, 0, EMPTY_PAYLOAD);
    else if (this.#isClosing) caller.answer(STATUS.cancelled, 0, EMPTY_PAYLOAD);
    else this.#polls.subscribe(name, caller, session);
  }

  #submit(job: Job): void {
    if (this.#isClosing) job.unsent('closing');
    else if (this.#link.canSend && this.#queue.length === 0 && job.expiresAt > this.#options.clock.now()) {
      this.#send(job);
    } else if (!isWriting(job.request) && this.#link.state === 'waiting') job.unsent('not-connected');
    else {
      this.#queue.add(job);
      this.#pump();
    }
  }

  #send(job: Job): void {
    this.#options.share.sent(isWriting(job.request));
    this.#link.send(job);
  }

  #pump(): void {
    while (this.#link.canSend) {
      const job = this.#queue.next();
      if (job === undefined) break;
      this.#send(job);
    }
    if (this.#link.pending === 0 && this.#queue.length === 0) this.#idle?.();
  }

  #down(fault: LinkFault | undefined, error: Error | undefined, lost: number): void {
    this.#record.down(fault, error, lost);
    this.#giveUp();
  }

  #failed(fault: LinkFault): void {
    this.#record.failed(fault);
    if (this.#link.state !== 'connected') this.#giveUp();
  }

  /** Reads are of no use while nobody can be asked; writes wait until they expire. */
  #giveUp(): void {
    if (this.#isClosing) this.#queue.removeAll();
    else this.#queue.removeReads('not-connected');
    this.#pump();
  }

  #count(ending: WriteEnding, by: WriteOrigin, request: WritingRequest, startedAt: number): void {
    this.#record.wrote(ending.outcome);
    this.#options.events.audit(auditOf(by, request, ending, startedAt, this.#options.clock));
  }
}
