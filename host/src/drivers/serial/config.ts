import type { PortSettings } from '../port-settings.ts';

/** A serial port whose devices speak a protocol that modules know. */
export interface SerialConfig extends PortSettings {
  readonly type: 'serial';
  /** `/dev/ttyUSB0`, or better a name below `/dev/serial/by-id`, which stays. */
  readonly path: string;
  readonly framing: Framing;
  /** Longest frame; a longer one is thrown away as a whole. */
  readonly frameBytes: number;
  /** Longest time for the answer of an exchange, and for a write to leave. */
  readonly timeoutMs: number;
}

/** How frames are told apart in the stream of bytes. */
export type Framing =
  /** A frame ends with the delimiter, which is not part of it. */
  | { readonly type: 'delimiter'; readonly delimiter: string }
  /** The frame says how long it is: a number at `offset`, in `bytes` bytes; `adds` more belong to it that the number does not count. */
  | {
      readonly type: 'length';
      readonly offset: number;
      readonly bytes: number;
      readonly order: 'big' | 'little';
      readonly adds: number;
    }
  /** A frame ends when nothing came for `gapMs`. */
  | { readonly type: 'silence'; readonly gapMs: number };
