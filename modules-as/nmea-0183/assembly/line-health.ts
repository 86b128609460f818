import { clock, JsonWriter, log, Timer, twin } from '@gatehouse/sdk';
import { statusName } from '../../parts/assembly/status-name';
import { Fault } from './sentence';

/** How often is looked whether the line fell silent. */
const CHECK_MS: i32 = 5_000;
/** A line without a good sentence for so long is silent. */
const SILENT_MS: f64 = 10_000;
/** Least time between two reports of a change, and between two of counters alone. */
const CHANGE_MS: f64 = 10_000;
const COUNTERS_MS: f64 = 300_000;

/** What came over the line, in the twin below `line`, and in the log when the line falls silent or speaks again. */
export class LineHealth {
  private good: u32 = 0;
  private checksum: u32 = 0;
  private malformed: u32 = 0;
  private other: u32 = 0;
  private device: string = '';
  private status: string = '';
  private sinceMs: f64 = 0;
  private lastGoodMs: f64 = 0;
  private shown: string = '';
  private shownCount: u32 = 0;
  private shownMs: f64 = -Infinity;

  constructor(private timer: Timer) {}

  /** Begins to watch a line whose subscription has that status, a request id if all is well. */
  watch(device: string, status: i32): void {
    if (device != this.device) this.good = this.checksum = this.malformed = this.other = 0;
    if (device != this.device || this.status == '' || status < 0) {
      this.device = device;
      this.become(status > 0 ? 'waiting' : statusName(status));
    }
    this.lastGoodMs = clock.monotonic();
    this.timer.every(CHECK_MS);
  }

  note(fault: Fault): void {
    if (fault == Fault.Checksum) this.checksum++;
    else if (fault == Fault.Malformed) this.malformed++;
    else if (fault == Fault.Other) this.other++;
    else this.good++;
    if (fault != Fault.None && fault != Fault.Other) return;
    this.lastGoodMs = clock.monotonic();
    if (this.status != 'ok') this.become('ok');
  }

  /** The answer to the subscription says that it is over. */
  failed(status: i32): void {
    this.become(statusName(status));
  }

  /** Looks whether the line is silent, and reports what changed. */
  check(incomplete: u32, dropped: u32): void {
    if (this.status == 'ok' && clock.monotonic() - this.lastGoodMs >= SILENT_MS) this.become('silent');
    const sinceShown = clock.monotonic() - this.shownMs;
    const count = this.good + this.checksum + this.malformed + this.other + dropped;
    const isChanged = this.status != this.shown && sinceShown >= CHANGE_MS;
    if (!isChanged && (count == this.shownCount || sinceShown < COUNTERS_MS)) return;
    this.shownCount = count;
    this.report(incomplete, dropped);
  }

  private become(status: string): void {
    if (status == this.status) return;
    this.status = status;
    this.sinceMs = clock.time();
    if (status == 'ok' || status == 'waiting') log.info(this.device + ': ' + status);
    else log.warning(this.device + ': ' + status);
  }

  private report(incomplete: u32, dropped: u32): void {
    this.shown = this.status;
    this.shownMs = clock.monotonic();
    const json = JsonWriter.object().object('line').set('device', this.device).set('status', this.status);
    json.set('since', this.sinceMs).set('sentences', this.good).set('checksum', this.checksum);
    json.set('malformed', this.malformed).set('other', this.other).set('incomplete', incomplete);
    twin.report(json.set('dropped', dropped));
  }
}
