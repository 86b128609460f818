import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REPORT_LIMITS } from '../limits.ts';

const PATH = '/metrics';
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** How long a request may take to arrive, and a socket may do nothing. */
const REQUEST_DEADLINE_MS = 5_000;
const IDLE_DEADLINE_MS = 10_000;
/** Answers younger than this are given again: many who ask cost no more than one. */
const FRESH_MS = 500;

/** Serves a text at `/metrics`, to few at a time and only to those who ask in time. */
export class MetricsServer {
  readonly #render: () => Promise<string>;
  readonly #server: Server;
  #text: Promise<string> | undefined;
  #renderedAt = Number.NEGATIVE_INFINITY;

  private constructor(render: () => Promise<string>) {
    this.#render = render;
    const limits = { maxHeaderSize: REPORT_LIMITS.metricsHeaderBytes, requestTimeout: REQUEST_DEADLINE_MS };
    this.#server = createServer(
      { ...limits, headersTimeout: REQUEST_DEADLINE_MS, connectionsCheckingInterval: 1_000 },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = REPORT_LIMITS.metricsConnections;
    this.#server.setTimeout(IDLE_DEADLINE_MS, (socket) => socket.destroy());
  }

  /** Listens, or fails with the error of the system. */
  static async open(at: { host: string; port: number }, render: () => Promise<string>): Promise<MetricsServer> {
    const metrics = new MetricsServer(render);
    await new Promise<void>((resolve, reject) => {
      metrics.#server.once('error', reject);
      metrics.#server.listen({ host: at.host, port: at.port }, () => {
        metrics.#server.off('error', reject);
        metrics.#server.on('error', () => {});
        resolve();
      });
    });
    return metrics;
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
    if ((request.url ?? '').split('?')[0] !== PATH) return refuse(response, 404, 'Only /metrics is here.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'Only GET and HEAD.\n');
    }
    try {
      const text = Buffer.from(await this.#fresh());
      response.writeHead(200, { 'Content-Type': CONTENT_TYPE, 'Content-Length': text.byteLength });
      response.end(request.method === 'HEAD' ? undefined : text);
    } catch {
      refuse(response, 500, 'The metrics cannot be gathered.\n');
    }
  }

  #fresh(): Promise<string> {
    const now = performance.now();
    if (this.#text === undefined || now - this.#renderedAt >= FRESH_MS) {
      this.#renderedAt = now;
      this.#text = this.#render();
    }
    return this.#text;
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': text.length });
  response.end(text);
}
