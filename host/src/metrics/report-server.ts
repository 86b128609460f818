import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REPORT_LIMITS } from '../limits.ts';

/** How long a request may take to arrive, and a socket may do nothing. */
const REQUEST_DEADLINE_MS = 5_000;
const IDLE_DEADLINE_MS = 10_000;
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

interface Kept {
  readonly page: Promise<Page>;
  readonly madeAt: number;
}

/** Serves reports on the host at fixed paths, to few at a time and only to those who ask in time. */
export class ReportServer {
  readonly #pages: ReadonlyMap<string, () => Page | Promise<Page>>;
  readonly #server: Server;
  readonly #kept = new Map<string, Kept>();

  private constructor(pages: Pages) {
    this.#pages = new Map(Object.entries(pages));
    const limits = { maxHeaderSize: REPORT_LIMITS.metricsHeaderBytes, requestTimeout: REQUEST_DEADLINE_MS };
    this.#server = createServer(
      { ...limits, headersTimeout: REQUEST_DEADLINE_MS, connectionsCheckingInterval: 1_000 },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = REPORT_LIMITS.metricsConnections;
    this.#server.setTimeout(IDLE_DEADLINE_MS, (socket) => socket.destroy());
  }

  /** Listens, or fails with the error of the system. */
  static async open(at: { host: string; port: number }, pages: Pages): Promise<ReportServer> {
    const reports = new ReportServer(pages);
    await new Promise<void>((resolve, reject) => {
      reports.#server.once('error', reject);
      reports.#server.listen({ host: at.host, port: at.port }, () => {
        reports.#server.off('error', reject);
        reports.#server.on('error', () => {});
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // What a body says is of no interest, and it would have to be read.
    if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined)
      response.setHeader('Connection', 'close');
    const path = (request.url ?? '').split('?')[0] ?? '';
    const make = this.#pages.get(path);
    if (make === undefined) return refuse(response, 404, `Only ${[...this.#pages.keys()].join(', ')} are here.\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'Only GET and HEAD.\n');
    }
    try {
      const { status, type, text } = await this.#fresh(path, make);
      const body = Buffer.from(text);
      const headers = { 'Content-Type': type, 'Content-Length': body.byteLength, 'Cache-Control': 'no-store' };
      response.writeHead(status, headers);
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch {
      refuse(response, 500, 'The report cannot be gathered.\n');
    }
  }

  #fresh(path: string, make: () => Page | Promise<Page>): Promise<Page> {
    const now = performance.now();
    const kept = this.#kept.get(path);
    if (kept !== undefined && now - kept.madeAt < FRESH_MS) return kept.page;
    const page = (async () => make())();
    this.#kept.set(path, { page, madeAt: now });
    return page;
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': text.length });
  response.end(text);
}
