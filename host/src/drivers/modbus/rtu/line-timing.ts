/** How a serial line sends characters, which have eight bits of data. */
export interface SerialFormat {
  readonly baudRate: number;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/** The times of a line, in milliseconds. */
export interface LineTiming {
  /** What one character takes. */
  readonly characterMs: number;
  /** Silence between two frames. */
  readonly gapMs: number;
  /** Silence after which a frame that has begun is given up. */
  readonly stallMs: number;
  /** Silence that the line must keep after anything that went wrong. */
  readonly drainMs: number;
}

/** Above this baud rate the gap does not shrink any more. */
const FAST_BAUD_RATE = 19_200;
const FAST_GAP_MS = 1.75;
const GAP_CHARACTERS = 3.5;
/** Adapters hand characters over in bundles, up to 16 ms apart; an operating system under load adds to that. */
const STALL_MS = 100;
const DRAIN_MS = 50;

/** The times of a serial line [MODBUS-SERIAL-2.5.1.1]: 3.5 characters between frames, 1.75 ms above 19,200 baud. */
export function serialTiming({ baudRate, parity, stopBits }: SerialFormat): LineTiming {
  const bits = 9 + (parity === 'none' ? 0 : 1) + stopBits;
  const characterMs = (1000 * bits) / baudRate;
  const gapMs = baudRate > FAST_BAUD_RATE ? FAST_GAP_MS : GAP_CHARACTERS * characterMs;
  return { characterMs, gapMs, stallMs: STALL_MS, drainMs: DRAIN_MS + gapMs };
}

/** The times of a line behind a device server, whose baud rate is not known here. */
export const SERVER_TIMING: LineTiming = { characterMs: 0, gapMs: 4, stallMs: 200, drainMs: 100 };
