import { GatehouseError } from '../../errors.ts';
import type { HttpGrant } from './grant.ts';
import { parseOrigin } from './origin-text.ts';
import { HTTP_METHODS, HTTP_SCHEMES } from './request.ts';
import {
  bodyBytesAt,
  HTTP_HEAD_BYTES,
  headersEnd,
  headersStart,
  hostBytesAt,
  methodAt,
  nameBytesAt,
  nextHeader,
  pathBytesAt,
  pathStart,
  portAt,
  schemeAt,
  timeoutAt,
} from './request-codec.ts';
import { isSame } from './text-rules.ts';

/** Headers that every grant lets a module set. */
const OWN_HEADERS = ['content-type', 'accept'];
const SLASH = 0x2f;
const QUERY = 0x3f;

interface OriginRule {
  readonly scheme: number;
  readonly host: Uint8Array;
  readonly isDomain: boolean;
  readonly port: number;
}

/** A grant in the form in which requests are compared with it. */
export interface HttpRule {
  readonly grant: HttpGrant;
  readonly origins: readonly OriginRule[];
  /** A bit for each method. */
  readonly methods: number;
  readonly paths: readonly Uint8Array[];
  readonly headers: readonly Uint8Array[];
}

/** No grant allows the request. */
export const DENIED = -1;
/** A grant would allow it if its body were shorter or its time were less. */
export const OVER_LIMIT = -2;

/** @throws GatehouseError GRANT_INVALID for an origin that is none; `check` has found it before */
export function compileRules(grants: readonly HttpGrant[]): HttpRule[] {
  const encoder = new TextEncoder();
  return grants.map((grant, index) => ({
    grant,
    origins: grant.origins.map((text, at) => {
      const origin = parseOrigin(text);
      if (origin === undefined)
        throw new GatehouseError('GRANT_INVALID', `http[${index}].origins[${at}]: expected an origin, got "${text}"`);
      const { scheme, host, isDomain, port } = origin;
      return { scheme: HTTP_SCHEMES.indexOf(scheme) + 1, host: encoder.encode(host), isDomain, port };
    }),
    methods: grant.methods.reduce((bits, method) => bits | (1 << HTTP_METHODS.indexOf(method)), 0),
    paths: grant.paths.map((path) => encoder.encode(path)),
    headers: [...OWN_HEADERS, ...grant.requestHeaders].map((name) => encoder.encode(name)),
  }));
}

/** The first rule that allows a well-formed request, by index; else `DENIED` or `OVER_LIMIT`. Allocates nothing. */
export function ruleFor(rules: readonly HttpRule[], payload: Uint8Array): number {
  let verdict = DENIED;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!;
    if (originFor(rule, payload) < 0 || !allowsRest(rule, payload)) continue;
    if (bodyBytesAt(payload) <= rule.grant.requestBytes && timeoutAt(payload) <= rule.grant.timeoutMs) return i;
    verdict = OVER_LIMIT;
  }
  return verdict;
}

/** Whether a rule allows a well-formed request. */
export function allows(rule: HttpRule, payload: Uint8Array): boolean {
  return originFor(rule, payload) >= 0 && allowsRest(rule, payload);
}

/** Which origin of a rule a well-formed request goes to, by index; -1 when it goes to none of them. */
export function originFor({ origins }: HttpRule, payload: Uint8Array): number {
  const length = hostBytesAt(payload);
  for (let i = 0; i < origins.length; i++) {
    const { scheme, host, isDomain, port } = origins[i]!;
    if (scheme !== schemeAt(payload) || port !== portAt(payload)) continue;
    if (isDomain ? length <= host.length : length !== host.length) continue;
    if (isSame(payload, HTTP_HEAD_BYTES + length - host.length, host, 0, host.length)) return i;
  }
  return -1;
}

function allowsRest(rule: HttpRule, payload: Uint8Array): boolean {
  return (
    (rule.methods & (1 << (methodAt(payload) - 1))) !== 0 && allowsPath(rule, payload) && allowsHeaders(rule, payload)
  );
}

/** A beginning of a path ends where a segment does: `/a` allows `/a`, `/a/b` and `/a?c`, but not `/ab`. */
function allowsPath({ paths }: HttpRule, payload: Uint8Array): boolean {
  const start = pathStart(payload);
  const length = pathBytesAt(payload);
  for (let i = 0; i < paths.length; i++) {
    const path = paths[i]!;
    if (length < path.length || !isSame(payload, start, path, 0, path.length)) continue;
    const next = payload[start + path.length];
    if (length === path.length || path[path.length - 1] === SLASH || next === SLASH || next === QUERY) return true;
  }
  return false;
}

function allowsHeaders({ headers }: HttpRule, payload: Uint8Array): boolean {
  const end = headersEnd(payload);
  for (let at = headersStart(payload); at < end; at = nextHeader(payload, at)) {
    if (!holdsOneOf(headers, payload, at + 4, nameBytesAt(payload, at))) return false;
  }
  return true;
}

function holdsOneOf(names: readonly Uint8Array[], payload: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    if (name.length === length && isSame(payload, at, name, 0, length)) return true;
  }
  return false;
}
