import { DEFAULT_PORTS, type HttpRequest, type HttpScheme, originOf } from './request.ts';
import { encodeHttpRequest, isWellFormed } from './request-codec.ts';
import { allows, type HttpRule } from './rules.ts';

/** Headers of a module that go along to another origin. */
const PLAIN_HEADERS = ['content-type', 'accept'];

export const isRedirect = (code: number): boolean => [301, 302, 303, 307, 308].includes(code);

export type Redirect =
  | { readonly kind: 'request'; readonly request: HttpRequest; readonly isSameOrigin: boolean }
  /** `why` does not repeat what the server said, which may be anything. */
  | { readonly kind: 'refused'; readonly why: string };

/** What a redirect asks for, if the grant allows it just as it would a request of the module. */
export function followRedirect(rule: HttpRule, from: HttpRequest, code: number, location: string): Redirect {
  const base = `${originOf(from)}${from.path}`;
  const url = URL.canParse(location, base) ? new URL(location, base) : undefined;
  const scheme = url?.protocol.slice(0, -1);
  if (url === undefined || (scheme !== 'http' && scheme !== 'https')) return refused('it leads to no http origin');
  if (url.username !== '' || url.password !== '') return refused('it has a user or a password');
  if (from.scheme === 'https' && scheme === 'http') return refused('it gives up TLS');
  const request = redirected(from, code, url, scheme);
  const payload = encodeHttpRequest(request);
  if (!isWellFormed(payload)) return refused('it leads to something that a module could not ask for');
  if (!allows(rule, payload))
    return refused(`it leads to ${originOf(request)}, outside the grant or its paths and methods`);
  return { kind: 'request', request, isSameOrigin: originOf(request) === originOf(from) };
}

function redirected(from: HttpRequest, code: number, url: URL, scheme: HttpScheme): HttpRequest {
  const becomesGet =
    (code === 303 && from.method !== 'HEAD') || ((code === 301 || code === 302) && from.method === 'POST');
  const port = url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port);
  const target = { scheme, host: url.hostname, port };
  const isSameOrigin = originOf(target) === originOf(from);
  return {
    ...from,
    ...target,
    path: `${url.pathname}${url.search}`,
    headers: from.headers.filter(
      ([name]) => (isSameOrigin || PLAIN_HEADERS.includes(name)) && !(becomesGet && name === 'content-type'),
    ),
    ...(becomesGet ? { method: 'GET', body: new Uint8Array() } : {}),
  };
}

const refused = (why: string): Redirect => ({ kind: 'refused', why });
