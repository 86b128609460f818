import { ModbusDevice } from '@gatehouse/sdk';
import { StopSettings } from './guard-settings';

/** Where the stop of the device stands. */
const enum StopState {
  /** Nothing to stop. */
  idle,
  /** The write is under way. */
  writing,
  /** The coil is being read back. */
  reading,
  /** Something failed; the coil is read again, and only then perhaps written, when the time comes. */
  waiting,
  /** The coil was read and has the stop value. */
  confirmed,
  /** The host does not let this module read or write the coil. */
  refused,
}

/** What others are told: a check of a confirmed coil is no news, and neither is each attempt. */
export const enum Progress {
  idle,
  requested,
  retrying,
  confirmed,
  refused,
}

/** Pauses between two attempts: doubling. */
const RETRY_MS: f64 = 500;
const PAUSE_MAX_MS: f64 = 30_000;
/** An answer that has not come so long after a write expired is given up. */
const ANSWER_GRACE_MS: f64 = 10_000;

/**
 * Writes a coil and believes only what it reads back. A write whose outcome is not known is never simply repeated: the coil is
 * read first. All times are of the monotonic clock.
 *
 * ```text
 *   idle --trip--> writing --ok--> reading --has the value--> confirmed --recheck--> reading
 *                     |  not ok       | other value, or failed    ^
 *                     +--> reading    +--> waiting --pause--> reading --other value--> writing
 * ```
 */
export class StopSequence {
  progress: Progress = Progress.idle;
  /** Writes since the trip. */
  writes: i32 = 0;
  /** The status of the last answer or call, as in the ABI. */
  status: i32 = 0;
  /** When the device was to be stopped, and how long it took until the coil was seen to have the value; 0 before. */
  trippedMs: f64 = 0;
  tookMs: f64 = 0;
  private state: StopState = StopState.idle;
  private request: i32 = 0;
  private dueMs: f64 = 0;
  private failures: i32 = 0;
  private mayWrite: bool = false;

  private device: ModbusDevice;

  constructor(readonly settings: StopSettings) {
    this.device = new ModbusDevice(settings.device);
  }

  /** Stops the device now, unless that is under way. */
  trip(nowMs: f64): void {
    if (this.state == StopState.waiting) {
      this.dueMs = nowMs;
      this.tick(nowMs);
    } else if (this.request == 0) {
      this.begin(nowMs);
      this.write(nowMs);
    }
  }

  /** Goes on after a restart, when it is not known how far the instance before came: looks first. */
  resume(nowMs: f64): void {
    this.begin(nowMs);
    this.mayWrite = true;
    this.read(nowMs);
  }

  /** Nothing is to be stopped any more. The coil stays as it is. */
  release(): void {
    this.state = StopState.idle;
    this.progress = Progress.idle;
    this.request = 0;
  }

  /** Takes an answer of the device; false when it belongs to nobody here. `value` is that of the coil. */
  answered(request: i32, status: i32, value: bool, nowMs: f64): bool {
    if (request != this.request || request == 0) return false;
    this.request = 0;
    this.status = status;
    if (this.state == StopState.writing) this.written(status, nowMs);
    else this.seen(status, value, nowMs);
    return true;
  }

  /** Does what is due. */
  tick(nowMs: f64): void {
    if (nowMs < this.dueMs) return;
    if (this.state == StopState.waiting || this.state == StopState.confirmed) {
      this.mayWrite = true;
      this.read(nowMs);
    } else if (this.state == StopState.writing || this.state == StopState.reading) {
      this.request = 0;
      this.pause(nowMs);
    }
  }

  /** When `tick` has something to do next; infinite for never. */
  get nextMs(): f64 {
    return this.state == StopState.idle || this.state == StopState.refused ? Infinity : this.dueMs;
  }

  private begin(nowMs: f64): void {
    this.writes = 0;
    this.failures = 0;
    this.trippedMs = nowMs;
    this.tookMs = 0;
    this.progress = Progress.requested;
  }

  private written(status: i32, nowMs: f64): void {
    if (isRefusal(status)) {
      this.giveUp();
      return;
    }
    // After the first write that may not have taken effect, what is read decides at once; later ones pause in between.
    this.mayWrite = status != 0 && this.writes == 1;
    this.read(nowMs);
  }

  private seen(status: i32, value: bool, nowMs: f64): void {
    if (isRefusal(status)) {
      this.giveUp();
    } else if (status != 0) {
      this.pause(nowMs);
    } else if (value) {
      this.state = StopState.confirmed;
      this.progress = Progress.confirmed;
      this.failures = 0;
      if (this.tookMs == 0) this.tookMs = max(nowMs - this.trippedMs, 1);
      this.dueMs = nowMs + <f64>this.settings.recheckMs;
    } else if (this.mayWrite) {
      this.write(nowMs);
    } else {
      this.pause(nowMs);
    }
  }

  private write(nowMs: f64): void {
    this.writes++;
    this.mayWrite = false;
    this.state = StopState.writing;
    if (this.progress == Progress.confirmed) this.progress = Progress.requested;
    const settings = this.settings;
    this.sent(this.device.writeCoil(settings.address, settings.value != 0, settings.expiryMs), nowMs);
  }

  private read(nowMs: f64): void {
    this.state = StopState.reading;
    this.sent(this.device.readCoils(this.settings.address, 1), nowMs);
  }

  private sent(request: i32, nowMs: f64): void {
    if (request > 0) {
      this.request = request;
      this.dueMs = nowMs + <f64>this.settings.expiryMs + ANSWER_GRACE_MS;
      return;
    }
    this.status = request;
    if (isRefusal(request)) this.giveUp();
    else this.pause(nowMs);
  }

  private pause(nowMs: f64): void {
    this.state = StopState.waiting;
    this.dueMs = nowMs + min(RETRY_MS * <f64>(1 << min(this.failures, 15)), PAUSE_MAX_MS);
    this.failures++;
    this.progress = Progress.retrying;
  }

  private giveUp(): void {
    this.state = StopState.refused;
    this.progress = Progress.refused;
  }
}

/** `invalid` and `denied` do not pass by waiting. */
function isRefusal(status: i32): bool {
  return status == -1 || status == -2;
}
