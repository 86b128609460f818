import type { LookupAddress } from 'node:dns';
import { type ClientRequest, type Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { type Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type AnswerHeaders, selectHeaders } from './answer-codec.ts';
import { BodyBuffer } from './body-buffer.ts';
import { DETAIL, type Detail } from './detail.ts';
import { HTTP_LIMITS } from './limits.ts';
import { DEFAULT_PORTS, type HttpRequest } from './request.ts';

/** Connections are not kept: each is made to addresses that were judged for its own request. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export interface ExchangeOptions {
  readonly request: HttpRequest;
  /** Headers of the host, secrets among them. */
  readonly hostHeaders: Readonly<Record<string, string>>;
  /** The only ones that it connects to. */
  readonly addresses: readonly LookupAddress[];
  readonly agents: Agents;
  /** Longest body that is taken. */
  readonly answerBytes: number;
}

export type Outcome =
  | { readonly kind: 'answered'; readonly code: number; readonly headers: AnswerHeaders; readonly body: Uint8Array }
  /** The body is longer than it may be; the rest was not read. */
  | { readonly kind: 'too-long'; readonly code: number; readonly headers: AnswerHeaders }
  | { readonly kind: 'failed'; readonly detail: Detail; readonly error: Error };

/** One request to one server and what comes of it. It has no time of its own: whoever waits gives it up. */
export class Exchange {
  /** Whether some of it may have reached the server. */
  isSent = false;
  readonly #options: ExchangeOptions;
  readonly #ended: (outcome: Outcome) => void;
  #outgoing: ClientRequest | undefined;
  #isConnected = false;
  #isOver = false;

  /** @param ended called once, unless it is given up before */
  constructor(options: ExchangeOptions, ended: (outcome: Outcome) => void) {
    this.#options = options;
    this.#ended = ended;
  }

  start(): void {
    const { request, agents } = this.#options;
    const isTls = request.scheme === 'https';
    const outgoing = isTls
      ? requestHttps({ ...this.#parts(), agent: agents.https })
      : requestHttp({ ...this.#parts(), agent: agents.http });
    this.#outgoing = outgoing;
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => {
        this.#isConnected = true;
        this.isSent ||= !isTls;
      });
      socket.once('secureConnect', () => {
        this.isSent = true;
      });
    });
    outgoing.on('response', (response) => this.#receive(response));
    outgoing.on('error', (error) => this.#fail(error));
    outgoing.on('close', () => this.#fail(new Error('the server closed the connection without an answer')));
    outgoing.end(request.body);
  }

  /** Gives it up; nothing is said any more. */
  abort(): void {
    this.#isOver = true;
    this.#outgoing?.destroy();
  }

  #parts() {
    const { request, addresses, hostHeaders } = this.#options;
    const { host, port, scheme } = request;
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const lookup: LookupFunction = (_name, { all }, callback) => {
      if (all === true) callback(null, [...addresses]);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    };
    return {
      ...{ method: request.method, host: host.replace(/^\[|\]$/g, ''), port, path: request.path, lookup },
      headers: {
        host: port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`,
        'user-agent': 'gatehouse',
        'accept-encoding': 'identity',
        ...(hasBody ? { 'content-length': String(request.body.length) } : {}),
        ...Object.fromEntries(request.headers),
        ...hostHeaders,
      },
      maxHeaderSize: HTTP_LIMITS.answerHeadBytes,
      insecureHTTPParser: false,
    };
  }

  #receive(response: IncomingMessage): void {
    const code = response.statusCode ?? 0;
    const headers = selectHeaders(response.headers);
    const body = new BodyBuffer(this.#options.answerBytes);
    const isWithBody = this.#options.request.method !== 'HEAD';
    const declared = isWithBody ? Number(response.headers['content-length'] ?? 0) : 0;
    response.on('error', (error) => this.#fail(error));
    if (declared > this.#options.answerBytes) {
      this.#end({ kind: 'too-long', code, headers });
      return;
    }
    response.on('data', (piece: Uint8Array) => {
      if (!this.#isOver && !body.add(piece)) this.#end({ kind: 'too-long', code, headers });
    });
    response.on('end', () => {
      if (response.complete) this.#end({ kind: 'answered', code, headers, body: body.content });
      else this.#fail(new Error('the server closed the connection within its answer'));
    });
  }

  #fail(error: Error): void {
    this.#end({ kind: 'failed', detail: this.#detailOf(error), error });
  }

  #detailOf(error: Error): Detail {
    if (!this.#isConnected) return DETAIL.notConnected;
    if (!this.isSent) return DETAIL.noTls;
    return String((error as NodeJS.ErrnoException).code).startsWith('HPE_') ? DETAIL.notHttp : DETAIL.closed;
  }

  #end(outcome: Outcome): void {
    if (this.#isOver) return;
    this.abort();
    this.#ended(outcome);
  }
}
