import { JsonWriter } from '@gatehouse/sdk';
import { Incident } from './incident';

/** Writes an alarm as members of the open object, as they are on output `alarms` and in the answer of `list`. */
export function writeAlarm(json: JsonWriter, incident: Incident, state: string, timeMs: f64): void {
  json.set('id', incident.id).set('device', incident.device).set('state', state).set('severity', incident.severity);
  json.set('level', incident.level).set('since', incident.sinceMs).set('time', timeMs);
  json.set('acknowledged', incident.isAcknowledged);
  if (incident.acknowledgedBy.length > 0) json.set('by', incident.acknowledgedBy);
  json.array('causes');
  for (let i = 0; i < incident.causes.length; i++) {
    const cause = incident.causes[i];
    json.addObject().set('rule', cause.rule).set('anomaly', cause.anomaly).set('raised', cause.isRaised);
    if (cause.action.length > 0) json.set('action', cause.action);
    json.end();
  }
  json.end();
}
