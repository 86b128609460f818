import { sharedMonotonic, type WallClock } from '../time/index.ts';
import { BACK_OFF, type BackOffSchedule } from './back-off.ts';

/** Durations of the uplink, in milliseconds. */
export interface UplinkTiming {
  /** From the first packet to the hub until it has accepted the connection. */
  readonly connectMs: number;
  /** From sending a message to its acknowledgement; then the connection is given up. */
  readonly acknowledgeMs: number;
  /** From ending a connection in order until its socket is destroyed. */
  readonly disconnectMs: number;
  /** Life of a SAS token. */
  readonly tokenLifeMs: number;
  /** How long before the end of its token's life a connection is renewed. */
  readonly tokenMarginMs: number;
  /** How often to look whether the time is known by now, before a token can be made. */
  readonly timeKnownMs: number;
  readonly backOff: BackOffSchedule;
}

export const UPLINK_TIMING: UplinkTiming = {
  connectMs: 15_000,
  acknowledgeMs: 30_000,
  disconnectMs: 2_000,
  tokenLifeMs: 3_600_000,
  tokenMarginMs: 900_000,
  timeKnownMs: 1_000,
  backOff: BACK_OFF,
};

/** What the uplink takes from the world besides sockets; tests put their own in its place. */
export interface UplinkEnvironment {
  readonly timing: UplinkTiming;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never steps, the same in all threads. */
  monotonic(): number;
  /** False while the clock may be wrong, as after a power cut without a clock chip: no token is made then. */
  isTimeKnown(): boolean;
  /** It is later than that also while the time is not known, in milliseconds since 1970. */
  readonly floorMs: number;
  /** False for a time that no clock which is set can have said. */
  canBeTime(timeMs: number): boolean;
  /** Calls when somebody has set the clock, or the time became known; the function returned ends that. */
  onClockSet(call: () => void): () => void;
  /** 0 up to, not including, 1. */
  random(): number;
  /** Calls once after a delay; the function returned takes that back. */
  setTimer(delayMs: number, call: () => void): () => void;
}

export const systemEnvironment: UplinkEnvironment = {
  timing: UPLINK_TIMING,
  now: () => Date.now(),
  monotonic: sharedMonotonic,
  isTimeKnown: () => true,
  floorMs: 0,
  canBeTime: () => true,
  onClockSet: () => () => {},
  random: () => Math.random(),
  setTimer: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The system, with a clock that may have to be set first. */
export function environmentWith(clock: WallClock): UplinkEnvironment {
  return {
    ...systemEnvironment,
    isTimeKnown: () => clock.isKnown,
    get floorMs() {
      return clock.floorMs;
    },
    canBeTime: (timeMs) => clock.isPossible(timeMs),
    onClockSet: (call) => clock.listen(call),
  };
}
