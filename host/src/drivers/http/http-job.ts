import { STATUS, type Status } from '../../abi/constants.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Denials } from '../denials.ts';
import type { DriverEvents, RequestCaller } from '../driver.ts';
import { type AnswerHeaders, encodeAnswer } from './answer-codec.ts';
import { DETAIL, type Detail } from './detail.ts';
import { type Agents, Exchange, type Outcome } from './exchange.ts';
import type { OriginRecord } from './origin-record.ts';
import { followRedirect, isRedirect } from './redirect.ts';
import { type HttpRequest, isRead, originOf } from './request.ts';
import type { Resolved, Resolver } from './resolver.ts';
import type { HttpRule } from './rules.ts';
import { auditOf, outcomeOf } from './write-audit.ts';

/** What all requests share. */
export interface JobContext {
  readonly resolver: Resolver;
  readonly agents: Agents;
  readonly clock: Clock;
  readonly events: DriverEvents;
  readonly denials: Denials;
  readonly readSecret: (name: string) => Promise<string>;
}

export interface JobOptions {
  readonly caller: RequestCaller;
  readonly rule: HttpRule;
  readonly request: HttpRequest;
  readonly record: OriginRecord;
  readonly context: JobContext;
  /** Told once, when nothing of it goes on any more. */
  readonly ended: (job: HttpJob) => void;
}

const EMPTY: Uint8Array = new Uint8Array();

/** One request of a module, from its arrival to its answer, with all redirects in between. */
export class HttpJob {
  readonly #options: JobOptions;
  readonly #startedAt: number;
  readonly #deadline: Timer;
  #exchange: Exchange | undefined;
  /** Whether some server may have got it. */
  #wasSent = false;
  #isOver = false;
  #isSilent = false;

  constructor(options: JobOptions) {
    const { caller, request, rule, context } = options;
    const ageMs = caller.ageMs ?? 0;
    this.#options = options;
    this.#startedAt = context.clock.now() - ageMs;
    const timeoutMs = request.timeoutMs === 0 ? rule.grant.timeoutMs : request.timeoutMs;
    this.#deadline = context.clock.after(timeoutMs - ageMs, () => this.#expire(timeoutMs));
  }

  get module(): string {
    return this.#options.caller.module;
  }

  get isRead(): boolean {
    return isRead(this.#options.request);
  }

  /** Begins; until then it waits, and its time passes. */
  start(): void {
    this.#run().catch((error: unknown) => {
      this.#options.context.events.log('warning', `a request failed: ${(error as Error).message}`, 'INTERNAL');
      this.#fail(DETAIL.closed, 'the host could not make the request');
    });
  }

  /** Its instance is gone: nobody gets the answer. */
  silence(): void {
    this.#isSilent = true;
  }

  cancel(): void {
    const isUnknown = this.#isSent && !this.isRead;
    this.#end(isUnknown ? STATUS.unknown : STATUS.cancelled, 0);
  }

  get #isSent(): boolean {
    return this.#wasSent || this.#exchange?.isSent === true;
  }

  async #run(): Promise<void> {
    const { rule, record, context } = this.#options;
    let { request } = this.#options;
    let isFirstOrigin = true;
    const asker = { module: this.module, isWanted: () => !this.#isOver };
    for (let followed = 0; ; followed++) {
      const resolved = await context.resolver.addressesOf(request.host, rule.grant.allowPrivate, asker);
      if (this.#isOver || !this.#isReachable(request, resolved)) return;
      const hostHeaders = isFirstOrigin ? await this.#hostHeaders() : {};
      if (this.#isOver || hostHeaders === undefined) return;
      const outcome = await this.#ask(request, resolved.addresses, hostHeaders);
      if (outcome.kind === 'failed') {
        this.#fail(outcome.detail, `${originOf(request)} ${SAID[outcome.detail]} (${reasonOf(outcome.error)})`);
        return;
      }
      record.answered();
      const location = outcome.headers.find(([name]) => name === 'location')?.[1];
      if (location === undefined || !isRedirect(outcome.code) || followed >= rule.grant.redirects) {
        this.#answer(outcome);
        return;
      }
      const next = followRedirect(rule, request, outcome.code, location);
      if (next.kind === 'refused') {
        this.#deny(DETAIL.redirectRefused, `a redirect of ${originOf(request)} is not followed: ${next.why}`);
        return;
      }
      record.count('redirects');
      request = next.request;
      isFirstOrigin &&= next.isSameOrigin;
    }
  }

  #isReachable(
    { host }: HttpRequest,
    resolved: Resolved,
  ): resolved is Extract<Resolved, { readonly kind: 'addresses' }> {
    switch (resolved.kind) {
      case 'addresses':
        return true;
      case 'failed':
        this.#fail(DETAIL.nameNotFound, `the name ${host} is not found (${reasonOf(resolved.error)})`);
        return false;
      case 'refused':
        this.#deny(DETAIL.addressRefused, `${host} is at ${resolved.address}, which is not public`);
        return false;
      default:
        return resolved satisfies never;
    }
  }

  /** The headers that the grant adds; undefined when it has ended for want of a secret. */
  async #hostHeaders(): Promise<Record<string, string> | undefined> {
    const headers: Record<string, string> = {};
    try {
      for (const [name, { secret, prefix = '' }] of Object.entries(this.#options.rule.grant.headers))
        headers[name] = `${prefix}${await this.#options.context.readSecret(secret)}`;
      return headers;
    } catch (error) {
      this.#fail(DETAIL.noSecret, (error as Error).message);
      return undefined;
    }
  }

  #ask(
    request: HttpRequest,
    addresses: Extract<Resolved, { readonly kind: 'addresses' }>['addresses'],
    hostHeaders: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const { rule, context } = this.#options;
    const { answerBytes } = rule.grant;
    return new Promise((resolve) => {
      this.#wasSent = this.#isSent;
      this.#exchange = new Exchange({ request, addresses, hostHeaders, agents: context.agents, answerBytes }, resolve);
      this.#exchange.start();
    });
  }

  #answer(outcome: {
    readonly kind: string;
    readonly code: number;
    readonly headers: AnswerHeaders;
    body?: Uint8Array;
  }) {
    const { code, headers, body = EMPTY } = outcome;
    const isTooLong = outcome.kind === 'too-long';
    if (isTooLong) this.#options.record.count('tooLong');
    const status = isTooLong ? STATUS.limit : code >= 200 && code < 300 ? STATUS.ok : STATUS.failed;
    this.#end(status, code, encodeAnswer(headers, body));
  }

  #fail(detail: Detail, why: string): void {
    if (this.#isOver) return;
    this.#options.record.failed(detail, why);
    this.#end(this.#isSent && !this.isRead ? STATUS.unknown : STATUS.unavailable, detail);
  }

  #deny(detail: Detail, why: string): void {
    this.#options.record.failed(detail, why);
    this.#options.context.denials.add(this.module, why);
    this.#end(STATUS.denied, detail);
  }

  #expire(timeoutMs: number): void {
    this.#options.record.failed(DETAIL.tooLate, `no answer within ${timeoutMs} ms`);
    this.#end(this.isRead ? STATUS.timeout : this.#isSent ? STATUS.unknown : STATUS.expired, DETAIL.tooLate);
  }

  #end(status: Status, detail: number, payload = EMPTY): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline.cancel();
    const wasSent = this.#isSent;
    this.#exchange?.abort();
    if (!this.isRead) this.#audit(status, detail, wasSent);
    if (!this.#isSilent) this.#options.caller.answer(status, detail, payload);
    this.#options.ended(this);
  }

  #audit(status: Status, detail: number, wasSent: boolean): void {
    const { context, record, request } = this.#options;
    const ending = {
      ...{ module: this.module, status, detail, wasSent },
      tookMs: context.clock.now() - this.#startedAt,
      time: context.clock.time(),
    };
    record.wrote(outcomeOf(ending));
    context.events.audit(auditOf(request, ending));
  }
}

/** What a server did, by the detail that says so. */
const SAID: Readonly<Partial<Record<Detail, string>>> = {
  [DETAIL.notConnected]: 'does not accept a connection',
  [DETAIL.noTls]: 'does not prove who it is over TLS',
  [DETAIL.closed]: 'closed the connection before its answer was complete',
  [DETAIL.notHttp]: 'sent something that is no answer of HTTP',
};

/** The code of a system error, which says more than the message, and nothing that a server has written. */
function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
