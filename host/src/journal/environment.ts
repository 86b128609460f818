import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What the journal takes from the world besides files; tests put their own in its place. */
export interface JournalEnvironment {
  /** Milliseconds of the machine's clock that never steps; the same for all processes since the machine was started. */
  monotonicMs(): number;
  /** Names the start of the machine; empty where the system does not tell. */
  readonly machineBoot: string;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** False while the wall clock may be wrong, as after a power cut without a clock chip. */
  isTimeKnown(): boolean;
  /** A whole number from 0 up to, not including, 2^48, that nobody can foresee. */
  random48(): number;
  /** Calls once after a delay; the function returned takes that back. */
  setTimer(delayMs: number, call: () => void): () => void;
}

/** The machine's clock at the moment when that of this process was 0; asking for the latter is cheap. */
const PROCESS_BEGAN_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const systemEnvironment: JournalEnvironment = {
  monotonicMs: () => PROCESS_BEGAN_MS + performance.now(),
  machineBoot: readMachineBoot(),
  wallMs: () => Date.now(),
  isTimeKnown: () => true,
  random48: () => randomBytes(6).readUIntLE(0, 6),
  setTimer(delayMs, call) {
    const timer = setTimeout(call, Math.ceil(delayMs));
    return () => clearTimeout(timer);
  },
};

function readMachineBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}
