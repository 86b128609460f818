import type { SerialConfig } from './config.ts';

/** An attempt to open a serial port, and the port. */
export interface Port {
  /** Hands bytes on; `drained` says when they have left. */
  write(bytes: Uint8Array): void;
  /** Gives it up; no event comes after this. */
  close(): void;
}

export interface PortEvents {
  opened(): void;
  /** Bytes that came in, which may change afterwards. */
  received(bytes: Uint8Array): void;
  /** Everything that was written has left. */
  drained(): void;
  /** It could not be opened, or is gone. */
  closed(error?: Error): void;
}

export type OpenPort = (config: SerialConfig, events: PortEvents) => Port;
