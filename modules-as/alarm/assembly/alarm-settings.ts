/** The desired properties, decoded. */
export class AlarmSettings {
  /** One alarm for each rule of a device instead of one for the device. */
  isByRule: bool = false;
  holdOffMs: f64 = 5_000;
  clearNeedsAcknowledge: bool = false;
  /** Times after the first anomaly at which an alarm nobody acknowledged is escalated, ascending. */
  escalateAfterMs: f64[] = [60_000, 300_000];
}
