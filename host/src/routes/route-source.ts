/** Where messages come from, as the text that routes are compared with. */
export const MESSAGE_SOURCE = {
  twinChange: '/twinChangeNotifications/',
  /** Leaf devices. */
  device: '/messages/',
  /** A module; without an output for what it sends to none. */
  module: (module: string, output?: string): string =>
    output === undefined ? `/messages/modules/${module}/` : `/messages/modules/${module}/outputs/${output}/`,
} as const;

/** The module in whose name the host itself sends messages, such as security events. */
export const HOST_MODULE = '$edgeAgent';

/** What a source of a route begins with: its text without `*` and `/` at the end, then one `/`, its letters in lower case. */
export function prefixOfSource(source: string): string {
  let end = source.length;
  while (source[end - 1] === '*' || source[end - 1] === '/') end--;
  return lower(`${source.slice(0, end)}/`);
}

/** Whether a message of this source is taken. ASCII letters compare without regard to case. */
export function prefixMatches(prefix: string, source: string): boolean {
  if (source.length < prefix.length) return false;
  for (let index = 0; index < prefix.length; index++) {
    const unit = source.charCodeAt(index);
    const isCapital = unit >= 65 && unit <= 90;
    if ((isCapital ? unit + 32 : unit) !== prefix.charCodeAt(index)) return false;
  }
  return true;
}

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const HOST_SOURCE = lower(HOST_MODULE);
const NAME = /^[\w.-]+$/;

/** Whether a source can exist at all that begins so; a `*` between slashes is no wildcard and matches nothing. */
export function prefixCanMatch(prefix: string): boolean {
  const [first, second, module, third, output, ...more] = prefix.slice(1, -1).split('/');
  if (first === '') return true;
  if (first === 'twinchangenotifications') return second === undefined;
  if (first !== 'messages') return false;
  if (second === undefined) return true;
  if (second !== 'modules') return false;
  if (module !== undefined && module !== HOST_SOURCE && !NAME.test(module)) return false;
  if (third !== undefined && third !== 'outputs') return false;
  return (output === undefined || NAME.test(output)) && more.length === 0;
}

const OWN_MAX = 4_096;
const ownPrefixes = new Map<string, string>();

/** Kept, because every route is compared with every module. */
function ownPrefix(module: string): string {
  const known = ownPrefixes.get(module);
  if (known !== undefined) return known;
  if (ownPrefixes.size >= OWN_MAX) ownPrefixes.clear();
  const own = lower(MESSAGE_SOURCE.module(module));
  ownPrefixes.set(module, own);
  return own;
}

/** Whether the source of a route takes anything that the module sends, on whatever output. */
export function prefixTakesFromModule(prefix: string, module: string): boolean {
  const own = ownPrefix(module);
  return own.startsWith(prefix) || prefix.startsWith(own);
}
