import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import { REPORT_LIMITS } from '../limits.ts';
import { isLoopback } from '../network/host-address.ts';

/** How long a request may take to arrive, and a socket may do nothing. */
const REQUEST_DEADLINE_MS = 5_000;
const IDLE_DEADLINE_MS = 10_000;
/** How long an answer may take until its reader has all of it. */
const ANSWER_DEADLINE_MS = 60_000;
/** Answers younger than this are given again: many who ask cost no more than one. */
const FRESH_MS = 500;

/** What is served at a path. */
export interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** What makes the pages, by path. */
export type Pages = Readonly<Record<string, () => Page | Promise<Page>>>;

/** A page as it is sent, which all who ask for it share. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

interface Kept {
  readonly answer: Promise<Answer>;
  readonly madeAt: number;
}

/**
 * Serves reports on the host at fixed paths, to few at a time and only to those who ask, and read, in time. A connection is for one
 * request: one that stays would keep a place, and what is asked ahead of its answers would pile up here.
 */
export class ReportServer {
  readonly #pages: ReadonlyMap<string, () => Page | Promise<Page>>;
  readonly #server: Server;
  /** Where it listens, as the configuration says. */
  readonly #name: string;
  #isLoopback = false;
  readonly #kept = new Map<string, Kept>();
  /** In the order in which they came. */
  readonly #connections = new Set<Socket>();
  readonly #asked = new WeakSet<Socket>();

  private constructor(name: string, pages: Pages) {
    this.#name = name.toLowerCase();
    this.#pages = new Map(Object.entries(pages));
    const limits = { maxHeaderSize: REPORT_LIMITS.metricsHeaderBytes, requestTimeout: REQUEST_DEADLINE_MS };
    this.#server = createServer(
      { ...limits, headersTimeout: REQUEST_DEADLINE_MS, connectionsCheckingInterval: 1_000 },
      (request, response) => this.#take(request, response),
    );
    this.#server.on('connection', (socket: Socket) => this.#admit(socket));
    this.#server.setTimeout(IDLE_DEADLINE_MS, (socket) => socket.destroy());
  }

  /** Listens, or fails with the error of the system. */
  static async open(at: { host: string; port: number }, pages: Pages): Promise<ReportServer> {
    const reports = new ReportServer(at.host, pages);
    await new Promise<void>((resolve, reject) => {
      reports.#server.once('error', reject);
      reports.#server.listen({ host: at.host, port: at.port }, () => {
        reports.#server.off('error', reject);
        reports.#server.on('error', () => {});
        reports.#isLoopback = isLoopback((reports.#server.address() as AddressInfo).address);
        resolve();
      });
    });
    return reports;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Of the address with most connections the oldest makes room: what keeps a place without asking keeps nobody out. */
  #admit(socket: Socket): void {
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
    if (this.#connections.size > REPORT_LIMITS.metricsConnections) this.#oldestOfMost()?.destroy();
  }

  #oldestOfMost(): Socket | undefined {
    const open = [...this.#connections].filter(({ destroyed }) => !destroyed);
    if (open.length <= REPORT_LIMITS.metricsConnections) return undefined;
    const counts = new Map<string | undefined, number>();
    for (const { remoteAddress } of open) counts.set(remoteAddress, (counts.get(remoteAddress) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return open.find(({ remoteAddress }) => counts.get(remoteAddress) === most);
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    // It did not wait for its answer.
    if (this.#asked.has(socket)) {
      socket.destroy();
      return;
    }
    this.#asked.add(socket);
    const deadline = setTimeout(() => socket.destroy(), ANSWER_DEADLINE_MS);
    socket.once('close', () => clearTimeout(deadline));
    response.setHeader('Connection', 'close');
    void this.#answer(request, response);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#isMeant(request)) return refuse(response, 421, 'Ask by an address or as localhost.\n');
    const path = (request.url ?? '').split('?')[0] ?? '';
    const make = this.#pages.get(path);
    if (make === undefined) return refuse(response, 404, `Only ${[...this.#pages.keys()].join(', ')} are here.\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'Only GET and HEAD.\n');
    }
    try {
      const { status, type, body } = await this.#fresh(path, make);
      const headers = { 'Content-Type': type, 'Content-Length': body.byteLength, 'Cache-Control': 'no-store' };
      response.writeHead(status, headers);
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch {
      refuse(response, 500, 'The report cannot be gathered.\n');
    }
  }

  /**
   * Whether who asks knows whom: a page of a stranger in a browser on this machine can make a name of its own lead to the loopback
   * address, and would read what is served there.
   */
  #isMeant({ headers: { host } }: IncomingMessage): boolean {
    if (host === undefined || !this.#isLoopback) return true;
    const name = host.replace(/:\d*$/, '').toLowerCase();
    return name === this.#name || isNameOfHere(name);
  }

  #fresh(path: string, make: () => Page | Promise<Page>): Promise<Answer> {
    const now = performance.now();
    const kept = this.#kept.get(path);
    if (kept !== undefined && now - kept.madeAt < FRESH_MS) return kept.answer;
    const answer = (async () => {
      const { status, type, text } = await make();
      return { status, type, body: Buffer.from(text) };
    })();
    this.#kept.set(path, { answer, madeAt: now });
    return answer;
  }
}

/** A name that no name server can have led here. */
const isNameOfHere = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': text.length });
  response.end(text);
}
