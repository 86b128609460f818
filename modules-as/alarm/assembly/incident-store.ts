import { JsonValue, JsonWriter, kv, log, Status } from '@gatehouse/sdk';
import { Cause, Incident } from './incident';

const INDEX = 'alarms';

/** Keeps open incidents beyond the instance: one entry each, and one that lists their ids. */
export class IncidentStore {
  private ids: string[] = [];

  /** Writes an incident as it is now. */
  save(incident: Incident): void {
    const json = JsonWriter.object()
      .set('group', incident.group)
      .set('device', incident.device)
      .set('since', incident.sinceMs);
    json.set('rank', incident.rank).set('level', incident.level).set('quiet', incident.quietSinceMs);
    json.set('acknowledged', incident.isAcknowledged).set('by', incident.acknowledgedBy).array('causes');
    for (let i = 0; i < incident.causes.length; i++) {
      const cause = incident.causes[i];
      json
        .addObject()
        .set('rule', cause.rule)
        .set('anomaly', cause.anomaly)
        .set('raised', cause.isRaised)
        .set('action', cause.action)
        .end();
    }
    const status = kv.setText(keyOf(incident.id), json.toString());
    if (status != Status.Ok) log.warning('alarm ' + incident.id + ' is not kept beyond a restart: no room in kv');
    if (!this.ids.includes(incident.id)) {
      this.ids.push(incident.id);
      this.saveIndex();
    }
  }

  remove(incident: Incident): void {
    kv.remove(keyOf(incident.id));
    const index = this.ids.indexOf(incident.id);
    if (index < 0) return;
    this.ids.splice(index, 1);
    this.saveIndex();
  }

  /** All incidents that were kept. */
  load(): Incident[] {
    const incidents: Incident[] = [];
    const index = kv.getText(INDEX);
    if (index === null) return incidents;
    const list = JsonValue.fromText(index);
    for (let id = list.first(); id.exists; id = id.next()) {
      const text = kv.getText(keyOf(id.text()));
      if (text === null) continue;
      this.ids.push(id.text());
      incidents.push(read(id.text(), JsonValue.fromText(text)));
    }
    return incidents;
  }

  private saveIndex(): void {
    const json = JsonWriter.object().clearToArray();
    for (let i = 0; i < this.ids.length; i++) json.add(this.ids[i]);
    kv.setText(INDEX, json.toString());
  }
}

function read(id: string, kept: JsonValue): Incident {
  const incident = new Incident(id, kept.get('group').text(), kept.get('device').text(), kept.get('since').f64(0));
  incident.rank = min(max(kept.get('rank').i32(), 0), 2);
  incident.level = kept.get('level').i32();
  incident.quietSinceMs = kept.get('quiet').f64(0);
  incident.isAcknowledged = kept.get('acknowledged').bool();
  incident.acknowledgedBy = kept.get('by').text();
  for (let cause = kept.get('causes').first(); cause.exists; cause = cause.next()) {
    const rule = cause.get('rule').text();
    incident.causes.push(
      new Cause(rule, cause.get('anomaly').text(), cause.get('raised').bool(), cause.get('action').text()),
    );
  }
  return incident;
}

function keyOf(id: string): string {
  return 'alarm/' + id;
}
