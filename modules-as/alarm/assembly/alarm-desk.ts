import { numberText } from '../../parts/assembly/number-text';
import { AlarmSettings } from './alarm-settings';
import { Anomaly } from './anomaly';
import { CAUSES_MAX, Cause, Incident } from './incident';

/** Most alarms at the same time; an anomaly of one more group is counted and dropped. */
export const INCIDENTS_MAX: i32 = 32;

/** Gets every change of an alarm; `state` is that of the message on output `alarms`. */
export abstract class AlarmSink {
  abstract changed(incident: Incident, state: string): void;
  /** Something changed that operators need not hear of. */
  abstract kept(incident: Incident): void;
  /** The incident is over and need not be kept. */
  abstract ended(incident: Incident): void;
}

/** The open alarms: joins anomalies into incidents, escalates what nobody acknowledges, clears what stays quiet. */
export class AlarmDesk {
  settings: AlarmSettings = new AlarmSettings();
  readonly incidents: Incident[] = [];
  /** Anomalies that found no room. */
  dropped: u32 = 0;
  private lastId: f64 = 0;

  constructor(private sink: AlarmSink) {}

  /** Takes in one anomaly. `timeMs` is wall-clock, `now` monotonic. */
  take(anomaly: Anomaly, timeMs: f64, now: f64): void {
    const group = this.settings.isByRule ? anomaly.device + '/' + anomaly.rule : anomaly.device;
    const incident = this.find(group);
    if (!anomaly.isRaised) {
      if (incident !== null) this.clear(incident, anomaly, timeMs, now);
    } else if (incident === null) {
      this.open(group, anomaly, timeMs, now);
    } else {
      this.join(incident, anomaly);
    }
  }

  /** Takes back an incident that an instance before this one kept. */
  restore(incident: Incident, timeMs: f64, now: f64): void {
    incident.raisedAt = now - elapsed(incident.sinceMs, timeMs);
    incident.quietAt = now - elapsed(incident.quietSinceMs, timeMs);
    this.lastId = max(this.lastId, incident.sinceMs);
    this.incidents.push(incident);
  }

  /** Notes that a person knows of an alarm; with `close` it also ends, raised or not. */
  acknowledge(incident: Incident, by: string, close: bool, now: f64): void {
    if (!incident.isAcknowledged) {
      incident.isAcknowledged = true;
      incident.acknowledgedBy = by;
      this.sink.changed(incident, 'acknowledged');
    }
    if (close) this.end(incident);
    else this.settle(incident, now);
  }

  byId(id: string): Incident | null {
    for (let i = 0; i < this.incidents.length; i++) {
      if (this.incidents[i].id == id) return this.incidents[i];
    }
    return null;
  }

  /** Does what is due, and returns the milliseconds until something is, or -1. */
  tick(now: f64): f64 {
    for (let i = this.incidents.length - 1; i >= 0; i--) {
      const incident = this.incidents[i];
      while (this.escalationDue(incident) <= now) {
        incident.level++;
        this.sink.changed(incident, 'escalated');
      }
      this.settle(incident, now);
    }
    let due = Infinity;
    for (let i = 0; i < this.incidents.length; i++) {
      due = min(due, min(this.escalationDue(this.incidents[i]), this.clearDue(this.incidents[i])));
    }
    return due == Infinity ? -1 : max(due - now, 1);
  }

  private open(group: string, anomaly: Anomaly, timeMs: f64, now: f64): void {
    if (this.incidents.length == INCIDENTS_MAX) {
      this.dropped++;
      return;
    }
    // Two incidents in the same millisecond, or after the clock was set back, still have different ids.
    this.lastId = max(timeMs, this.lastId + 1);
    const id = anomaly.device + '-' + numberText(this.lastId);
    const incident = new Incident(id, group, anomaly.device, timeMs);
    incident.rank = anomaly.rank;
    incident.raisedAt = now;
    incident.causes.push(new Cause(anomaly.rule, anomaly.id, true, anomaly.action));
    this.incidents.push(incident);
    this.sink.changed(incident, 'raised');
  }

  private join(incident: Incident, anomaly: Anomaly): void {
    let isChanged = incident.isQuiet;
    incident.quietSinceMs = 0;
    let isNews = anomaly.rank > incident.rank;
    if (isNews) incident.rank = anomaly.rank;
    const cause = incident.cause(anomaly.rule);
    if (cause === null) {
      if (incident.causes.length == CAUSES_MAX) return;
      incident.causes.push(new Cause(anomaly.rule, anomaly.id, true, anomaly.action));
      isNews = true;
    } else {
      if (cause.action != anomaly.action && anomaly.action.length > 0) isNews = true;
      if (anomaly.action.length > 0) cause.action = anomaly.action;
      if (!cause.isRaised || cause.anomaly != anomaly.id) isChanged = true;
      cause.anomaly = anomaly.id;
      cause.isRaised = true;
    }
    if (isNews) this.sink.changed(incident, 'updated');
    else if (isChanged) this.sink.kept(incident);
  }

  private clear(incident: Incident, anomaly: Anomaly, timeMs: f64, now: f64): void {
    const cause = incident.cause(anomaly.rule);
    if (cause === null || !cause.isRaised) return;
    cause.isRaised = false;
    if (!incident.hasRaised()) {
      incident.quietSinceMs = timeMs;
      incident.quietAt = now;
    }
    this.sink.kept(incident);
    this.settle(incident, now);
  }

  /** Ends an incident that was quiet for long enough. */
  private settle(incident: Incident, now: f64): void {
    if (this.clearDue(incident) <= now) this.end(incident);
  }

  private end(incident: Incident): void {
    this.incidents.splice(this.incidents.indexOf(incident), 1);
    this.sink.changed(incident, 'cleared');
    this.sink.ended(incident);
  }

  private escalationDue(incident: Incident): f64 {
    const steps = this.settings.escalateAfterMs;
    if (incident.isAcknowledged || incident.level >= steps.length) return Infinity;
    return incident.raisedAt + steps[incident.level];
  }

  private clearDue(incident: Incident): f64 {
    if (!incident.isQuiet || (this.settings.clearNeedsAcknowledge && !incident.isAcknowledged)) return Infinity;
    return incident.quietAt + this.settings.holdOffMs;
  }

  private find(group: string): Incident | null {
    for (let i = 0; i < this.incidents.length; i++) {
      if (this.incidents[i].group == group) return this.incidents[i];
    }
    return null;
  }
}

/** Milliseconds that have passed between two wall-clock times; 0 when the clock was set back. */
function elapsed(fromMs: f64, toMs: f64): f64 {
  return fromMs == 0 ? 0 : max(toMs - fromMs, 0);
}
