import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { STATUS } from '../../abi/constants.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Denials } from '../denials.ts';
import type { Driver, DriverEvents, RequestCaller } from '../driver.ts';
import type { Agents } from './exchange.ts';
import type { HttpGrant } from './grant.ts';
import { HttpJob, type JobContext } from './http-job.ts';
import { JobQueue } from './job-queue.ts';
import { OriginRecord } from './origin-record.ts';
import { decodeHttpRequest } from './request-codec.ts';
import { type Resolve, Resolver } from './resolver.ts';
import { compileRules, type HttpRule, OVER_LIMIT, originFor, ruleFor } from './rules.ts';

/** How long requests may still take when the host closes. */
const CLOSE_MS = 2_000;
const EMPTY = new Uint8Array();

export interface HttpDriverOptions {
  /** What modules are granted, by their id. */
  readonly grants: Readonly<Record<string, readonly HttpGrant[]>>;
  /** @throws GatehouseError SECRET_UNAVAILABLE */
  readonly readSecret: (name: string) => Promise<string>;
  /** Authorities to trust instead of Node's own, PEM; of none of them when the list is empty. */
  readonly ca?: readonly string[];
  readonly events: DriverEvents;
  readonly clock?: Clock;
  readonly resolve?: Resolve;
  /** What connects; replaced where a test must see to what. */
  readonly agents?: Agents;
}

/** Makes the requests of modules over HTTP, each on a connection of its own. */
export class HttpDriver implements Driver {
  readonly #options: HttpDriverOptions;
  readonly #context: JobContext;
  readonly #rules = new Map<string, readonly HttpRule[]>();
  readonly #records = new Map<string, OriginRecord>();
  readonly #queue = new JobQueue();
  readonly #drained = new Set<() => void>();
  #closing: Promise<void> | undefined;

  constructor(options: HttpDriverOptions) {
    const { events, clock = systemClock, readSecret, ca } = options;
    this.#options = options;
    this.#context = {
      ...{
        clock,
        events,
        readSecret,
        agents: options.agents ?? createAgents(ca),
        resolver: new Resolver(options.resolve),
      },
      denials: new Denials(clock, (module, text, count) => events.denied(module, text, count)),
    };
  }

  /** @throws GatehouseError GRANT_INVALID for an origin that the decoder of the deployment would have refused */
  async open(): Promise<void> {
    const { grants, events } = this.#options;
    for (const [module, granted] of Object.entries(grants)) {
      this.#rules.set(module, compileRules(granted));
      for (const origin of granted.flatMap(({ origins }) => origins))
        if (!this.#records.has(origin))
          this.#records.set(origin, new OriginRecord(origin, this.#context.clock, events.log));
    }
  }

  request(caller: RequestCaller, payload: Uint8Array): void {
    const rules = this.#rules.get(caller.module) ?? [];
    const request = decodeHttpRequest(payload);
    const at = request === undefined ? -1 : ruleFor(rules, payload);
    const rule = rules[at];
    if (request === undefined) caller.answer(STATUS.invalid, 0, EMPTY);
    else if (rule === undefined) caller.answer(at === OVER_LIMIT ? STATUS.limit : STATUS.denied, 0, EMPTY);
    else if (this.#closing !== undefined) caller.answer(STATUS.cancelled, 0, EMPTY);
    else {
      const record = this.#records.get(rule.grant.origins[originFor(rule, payload)]!)!;
      if (!this.#queue.hasRoomFor(caller.module)) {
        record.count('full');
        caller.answer(STATUS.full, 0, EMPTY);
        return;
      }
      record.count('requests');
      const ended = (job: HttpJob) => this.#ended(job);
      const job = new HttpJob({ caller, rule, request, record, context: this.#context, ended });
      if (job.isRead) record.count('reads');
      this.#queue.add(job);
    }
  }

  moduleStarted(): void {}

  moduleDown(module: string): void {
    for (const job of this.#jobsOf(module)) {
      job.silence();
      job.cancel();
    }
  }

  /** What is no read is still made, so that a module can say in its stop event that it stops. */
  moduleStopped(module: string): void {
    for (const job of this.#jobsOf(module)) {
      job.silence();
      if (job.isRead) job.cancel();
    }
  }

  status(): Record<string, unknown> {
    return Object.fromEntries([...this.#records].map(([origin, record]) => [origin, record.status()]));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const job of this.#queue.jobs) if (job.isRead) job.cancel();
    await this.#drain();
    for (const job of this.#queue.jobs) job.cancel();
    this.#context.denials.flush();
    this.#context.agents.http.destroy();
    this.#context.agents.https.destroy();
  }

  /** Waits until nothing is under way, or for as long as closing may take. */
  #drain(): Promise<void> {
    if (this.#queue.jobs.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#context.clock.after(CLOSE_MS, resolve);
      this.#drained.add(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #ended(job: HttpJob): void {
    this.#queue.remove(job);
    if (this.#queue.jobs.length === 0) for (const drained of this.#drained) drained();
  }

  #jobsOf(module: string): readonly HttpJob[] {
    return this.#queue.jobs.filter((job) => job.module === module);
  }
}

function createAgents(ca: readonly string[] | undefined): Agents {
  return {
    http: new HttpAgent({ keepAlive: false }),
    https: new HttpsAgent({
      ...{ keepAlive: false, maxCachedSessions: 0, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
      ...(ca === undefined ? {} : { ca: [...ca] }),
    }),
  };
}
