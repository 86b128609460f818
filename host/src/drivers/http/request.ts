/** Methods by their number in a request, from 1. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** Schemes by their number in a request, from 1. */
export const HTTP_SCHEMES = ['http', 'https'] as const;
export type HttpScheme = (typeof HTTP_SCHEMES)[number];

export const DEFAULT_PORTS: Readonly<Record<HttpScheme, number>> = { http: 80, https: 443 };

/** What a module asks for. Nobody has to take a URL apart for it. */
export interface HttpRequest {
  readonly method: HttpMethod;
  readonly scheme: HttpScheme;
  /** A name in lower case, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** 0: as long as the grant allows. */
  readonly timeoutMs: number;
  readonly body: Uint8Array;
}

/** Whether a request only reads: it may be given up without a trace. */
export const isRead = ({ method }: HttpRequest): boolean => method === 'GET' || method === 'HEAD';

/** Scheme, host and port as people write them. */
export function originOf({ scheme, host, port }: Pick<HttpRequest, 'scheme' | 'host' | 'port'>): string {
  return `${scheme}://${host}${port === DEFAULT_PORTS[scheme] ? '' : `:${port}`}`;
}
