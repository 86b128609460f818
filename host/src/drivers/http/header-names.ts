/** Headers that belong to the host or to the connection: neither a module nor a grant sets them. */
const RESERVED = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'date',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
]);

export const isReservedHeader = (name: string): boolean => RESERVED.has(name) || name.startsWith('proxy-');
