import {
  boolean,
  integer,
  type JsonNode,
  list,
  type NameRule,
  object,
  oneOf,
  optional,
  type Place,
  record,
  refine,
  required,
  type Shape,
  text,
  withDefault,
} from '../../json/index.ts';
import { GRANT_ENTRIES_MAX } from '../../manifest/name-rules.ts';
import { namesSecret, secretName } from '../../secrets/index.ts';
import { isAddress, isPublicAddress } from './addresses.ts';
import type { HttpGrant } from './grant.ts';
import { isReservedHeader } from './header-names.ts';
import { HTTP_LIMITS } from './limits.ts';
import { parseOrigin } from './origin-text.ts';
import { HTTP_METHODS } from './request.ts';
import { follows, isPath } from './text-rules.ts';

const HEADER_NAME: NameRule = {
  expected: 'the name of a header',
  pattern: /^[A-Za-z0-9_-]{1,64}$/,
};

const origin = refine(
  text({
    expected: 'an origin such as "https://hooks.example.com" or "https://*.example.org:8443"',
    pattern: /^https?:\/\/(\*\.)?[a-z0-9.:[\]-]+$/,
  }),
  (value, node, place) =>
    parseOrigin(value) === undefined
      ? place.mismatch(node, 'an origin as it is compared: a name in lower case, an IPv4 or IPv6 address, a port')
      : value,
);

const path = refine(text({ expected: 'a path such as "/alarm"', pattern: /^\/[^?#]*$/ }), (value, node, place) =>
  follows(isPath, value) ? value : place.mismatch(node, 'a path without "." and "..", spaces and needless escapes'),
);

const secretHeader = namesSecret(
  object({
    secret: secretName,
    prefix: optional(
      text({ expected: 'visible ASCII', pattern: /^[\x21-\x7e][\x20-\x7e]*$/, maxBytes: 64 }),
      'In front of the secret, such as "Bearer ".',
    ),
  }),
);

const bytes = (max: number) => integer({ min: 0, max, unit: 'bytes' });

const fields: Shape<HttpGrant> = object(
  {
    origins: required(
      list(origin, { min: 1, max: GRANT_ENTRIES_MAX, items: 'origins' }),
      'Scheme, host and port; `*.` in front of a domain stands for every name below it.',
    ),
    methods: required(
      list(oneOf(...HTTP_METHODS), { min: 1, max: HTTP_METHODS.length, items: 'methods' }),
      'Methods that the module may use.',
    ),
    paths: withDefault(
      list(path, { min: 1, max: GRANT_ENTRIES_MAX, items: 'paths' }),
      ['/'],
      'Beginnings of paths, whole segments each; all unless given.',
    ),
    headers: withDefault(
      record(secretHeader, { name: HEADER_NAME, max: HTTP_LIMITS.headers, entries: 'headers' }),
      {},
      'Headers that the host adds, which the module neither sees nor sets.',
    ),
    requestHeaders: withDefault(
      list(text(HEADER_NAME), { max: HTTP_LIMITS.headers, items: 'names of headers' }),
      [],
      'Headers that the module may set besides content-type and accept.',
    ),
    allowPrivate: withDefault(
      boolean,
      false,
      'Also addresses that are not public: the gateway itself, its networks, metadata services.',
    ),
    requestBytes: withDefault(bytes(HTTP_LIMITS.requestBytes), 16_384, 'Longest body of a request.'),
    answerBytes: withDefault(bytes(HTTP_LIMITS.answerBytes), 65_536, 'Longest body of an answer.'),
    timeoutMs: withDefault(
      integer({ min: 1, max: HTTP_LIMITS.timeoutMs, unit: 'milliseconds' }),
      10_000,
      'Longest time from the request to the end of the answer.',
    ),
    redirects: withDefault(
      integer({ min: 0, max: HTTP_LIMITS.redirects }),
      0,
      'Redirects that are followed, each only to what this grant allows.',
    ),
  },
  { expected: 'an object with origins and methods' },
);

/** One grant of requests over HTTP; what its members say must fit together. */
export const httpGrant: Shape<HttpGrant> = refine(fields, (written, node, place) => {
  const grant = inLowerCase(written);
  const added = Object.keys(grant.headers);
  for (const [member, names] of Object.entries({ headers: added, requestHeaders: grant.requestHeaders })) {
    const reserved = names.find(isReservedHeader);
    if (reserved !== undefined)
      return place.refuseMember(member, `the header "${reserved}" is made by the host; neither side may set it`);
  }
  if (added.length < Object.keys(written.headers).length)
    return place.refuseMember('headers', 'two of the headers differ only in case, and a server cannot tell them apart');
  const twice = added.find((name) => [...grant.requestHeaders, 'content-type', 'accept'].includes(name));
  if (twice !== undefined)
    return place.refuseMember('headers', `the header "${twice}" is one that the module sets; the host cannot add it`);
  if (!grant.allowPrivate && refuseOwnAddresses(grant, node, place)) return undefined;
  if (added.length > 0 && grant.origins.some(isOpen))
    place.warn(node.offset, 'headers with secrets travel unencrypted; use origins that begin with https://');
  return grant;
});

/** Names of headers as they are compared and sent. */
const inLowerCase = (grant: HttpGrant): HttpGrant => ({
  ...grant,
  headers: Object.fromEntries(Object.entries(grant.headers).map(([name, header]) => [name.toLowerCase(), header])),
  requestHeaders: grant.requestHeaders.map((name) => name.toLowerCase()),
});

/** Whether one of the origins is an address that no request of this grant would reach. */
function refuseOwnAddresses({ origins }: HttpGrant, node: JsonNode, place: Place): boolean {
  const at = origins.findIndex((text) => {
    const { host = '' } = parseOrigin(text) ?? {};
    const address = host.replace(/^\[|\]$/g, '');
    return isAddress(address) && !isPublicAddress(address);
  });
  if (at < 0) return false;
  const { offset } = node.kind === 'object' ? (node.members.get('origins')?.value ?? node) : node;
  place
    .at('origins', offset)
    .at(at, offset)
    .refuse(offset, `"${origins[at]}" is not a public address; it needs "allowPrivate": true`);
  return true;
}

/** Whether what goes to an origin can be read on the way. */
function isOpen(text: string): boolean {
  const { scheme, host = '' } = parseOrigin(text) ?? {};
  return scheme === 'http' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}
