import { clock, JsonWriter, log, Status, Timer, twin } from '@gatehouse/sdk';
import { numberText } from '../../parts/assembly/number-text';
import { statusName } from '../../parts/assembly/status-name';

/** Least time between two reports, so that a device that comes and goes does not flood log and twin. */
const REPORT_MS: f64 = 10_000;

/** How the device is doing, in the log and in the twin below `device`. The first report comes at once, later ones at most every 10 s. */
export class DeviceHealth {
  private status: i32 = i32.MAX_VALUE;
  private detail: i32 = 0;
  private sinceMs: f64 = 0;
  private failures: u32 = 0;
  private shownStatus: i32 = i32.MAX_VALUE;
  private shownDetail: i32 = 0;
  private shownDevice: string = '';
  private nextMs: f64 = -Infinity;

  constructor(
    private device: string,
    /** Used while a report waits for its time. */
    private timer: Timer,
  ) {}

  /** Notes that it is another device from now on. */
  watch(device: string): void {
    if (device == this.device) return;
    this.device = device;
    this.status = i32.MAX_VALUE;
    this.failures = 0;
  }

  /** Notes the outcome of a reading. */
  note(status: i32, detail: i32): void {
    if (status != Status.Ok) this.failures++;
    if (status == this.status && detail == this.detail) return;
    this.status = status;
    this.detail = detail;
    this.sinceMs = clock.time();
    const wait = this.nextMs - clock.monotonic();
    if (wait <= 0) this.report();
    else this.timer.once(<i32>wait);
  }

  /** Says how things are, if that differs from what was said last. */
  report(): void {
    if (this.status == i32.MAX_VALUE) return;
    if (this.status == this.shownStatus && this.detail == this.shownDetail && this.device == this.shownDevice) return;
    this.shownStatus = this.status;
    this.shownDetail = this.detail;
    this.shownDevice = this.device;
    this.nextMs = clock.monotonic() + REPORT_MS;
    const name = statusName(this.status);
    if (this.status == Status.Ok) log.info(this.device + ': answers');
    else log.warning(this.device + ': ' + name + causeOf(this.detail));
    const json = JsonWriter.object()
      .object('device')
      .set('name', this.device)
      .set('status', name)
      .set('detail', this.detail);
    twin.report(json.set('since', this.sinceMs).set('failures', this.failures));
  }
}

/** The driver's detail in words: an exception code of the device, or what happened to the connection. */
function causeOf(detail: i32): string {
  if (detail == 0) return '';
  if (detail < 256) return ', exception ' + numberText(detail) + ' of the device';
  if (detail == 256) return ', not connected';
  if (detail == 257) return ', connection lost';
  if (detail == 258) return ', bad answer';
  return ', no answer';
}
