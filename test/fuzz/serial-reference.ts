import type { Framing } from '../../host/src/drivers/serial/config.ts';

/** Bytes that came, and how long the line was silent before. */
export interface Reception {
  readonly afterMs: number;
  readonly bytes: Uint8Array;
}

/** After so long a silence the rest of a frame that says its length is lost; docs/serial.md has it. */
export const REST_MS = 200;

interface Framed {
  /** In hexadecimal. */
  readonly frames: readonly string[];
  readonly noise: number;
}

/** The frames in what came, found with everything at hand instead of byte by byte. */
export function framesOf(framing: Framing, frameBytes: number, received: readonly Reception[]): Framed {
  switch (framing.type) {
    case 'delimiter':
      return delimited(Buffer.from(framing.delimiter), frameBytes, joined(received));
    case 'silence': {
      const bursts = burstsOf(received, framing.gapMs);
      const fits = bursts.filter(({ length }) => length <= frameBytes);
      return { frames: fits.map(hex), noise: bursts.length - fits.length };
    }
    case 'length':
      return burstsOf(received, REST_MS)
        .map((burst) => counted(framing, frameBytes, burst))
        .reduce((all, each) => ({ frames: [...all.frames, ...each.frames], noise: all.noise + each.noise }), {
          frames: [],
          noise: 0,
        });
    default:
      return framing satisfies never;
  }
}

const hex = (bytes: Buffer): string => bytes.toString('hex');
const joined = (received: readonly Reception[]): Buffer => Buffer.concat(received.map(({ bytes }) => bytes));

/** What came without so long a silence within. */
function burstsOf(received: readonly Reception[], gapMs: number): Buffer[] {
  const bursts: Reception[][] = [];
  let sinceMs = Number.POSITIVE_INFINITY;
  for (const reception of received) {
    sinceMs += reception.afterMs;
    if (sinceMs >= gapMs) bursts.push([]);
    sinceMs = 0;
    bursts.at(-1)!.push(reception);
  }
  return bursts.map(joined);
}

function delimited(delimiter: Buffer, frameBytes: number, stream: Buffer): Framed {
  const frames: string[] = [];
  let noise = 0;
  for (let from = 0; ; ) {
    const to = stream.indexOf(delimiter, from);
    // What can be no frame any more is noise, whether it ever ends or not.
    if (to < 0) return { frames, noise: noise + Number(stream.length - from > frameBytes + delimiter.length) };
    if (to - from <= frameBytes) frames.push(hex(stream.subarray(from, to)));
    else noise++;
    from = to + delimiter.length;
  }
}

function counted(framing: Extract<Framing, { type: 'length' }>, frameBytes: number, burst: Buffer): Framed {
  const { offset, bytes, order, adds } = framing;
  const head = offset + bytes;
  const most = Math.max(frameBytes, head);
  const frames: string[] = [];
  for (let from = 0; from < burst.length; ) {
    if (from + head > burst.length) return { frames, noise: 1 };
    const value = order === 'big' ? burst.readUIntBE(from + offset, bytes) : burst.readUIntLE(from + offset, bytes);
    const whole = value + adds;
    if (whole < head || whole > most || from + whole > burst.length) return { frames, noise: 1 };
    frames.push(hex(burst.subarray(from, from + whole)));
    from += whole;
  }
  return { frames, noise: 0 };
}
