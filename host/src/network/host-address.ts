/** Whether what is sent to a host, by name or address, stays on the machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || /^(?:\[?::1\]?|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(host);

/** `host:port` as in a URL, where an IPv6 address has brackets. */
export const hostAndPort = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
