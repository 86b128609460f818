import { DEFAULT_PORTS, type HttpScheme } from './request.ts';
import { follows, isHost } from './text-rules.ts';

/** Where requests may go: one host, or every name below a domain. */
export interface Origin {
  readonly scheme: HttpScheme;
  /** Without the `*`, beginning with the dot, when `isDomain`. */
  readonly host: string;
  readonly isDomain: boolean;
  readonly port: number;
}

const ORIGIN = /^(https?):\/\/(\*\.)?(\[[^\]]*\]|[^:/?#@[\]]+)(?::([1-9]\d{0,4}))?$/;

/** Reads an origin as a grant has it; undefined when it is none, or is written in another way than we compare. */
export function parseOrigin(text: string): Origin | undefined {
  const [, scheme, wildcard, name = '', digits] = ORIGIN.exec(text) ?? [];
  if (scheme === undefined || !follows(isHost, name)) return undefined;
  const port = digits === undefined ? DEFAULT_PORTS[scheme as HttpScheme] : Number(digits);
  if (port > 65_535 || !isCanonical(name)) return undefined;
  if (wildcard === undefined) return { scheme: scheme as HttpScheme, host: name, isDomain: false, port };
  // `*.com` would be half the world, and an address has no names below it.
  if (!name.includes('.') || name.startsWith('[') || /(^|\.)\d+$/.test(name)) return undefined;
  return { scheme: scheme as HttpScheme, host: `.${name}`, isDomain: true, port };
}

/** Whether an IPv6 address is written in its one short form; names and IPv4 addresses are by their own rule. */
function isCanonical(host: string): boolean {
  if (!host.startsWith('[')) return true;
  const url = URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`) : undefined;
  return url?.hostname === host && !host.startsWith('[::ffff:');
}
