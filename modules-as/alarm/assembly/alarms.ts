import {
  clock,
  Desired,
  JsonWriter,
  log,
  Message,
  MethodCall,
  Module,
  Output,
  Start,
  Status,
  Timer,
  TimerEvent,
  twin,
} from '@gatehouse/sdk';
import { Problems } from '../../parts/assembly/problems';
import { StoredSettings } from '../../parts/assembly/stored-settings';
import { AlarmDesk, AlarmSink } from './alarm-desk';
import { writeAlarm } from './alarm-message';
import { readAlarmSettings } from './alarm-settings';
import { readAnomaly } from './anomaly';
import { Incident } from './incident';
import { IncidentStore } from './incident-store';

/** Sends what happens to alarms, and keeps them. */
class Announcer extends AlarmSink {
  readonly store: IncidentStore = new IncidentStore();
  private output: Output = new Output('alarms');
  private json: JsonWriter = new JsonWriter();

  changed(incident: Incident, state: string): void {
    writeAlarm(this.json.clear(), incident, state, clock.time());
    if (this.output.emitJson(this.json) != Status.Ok) log.error('alarm ' + incident.id + ' was not taken by the host');
    this.store.save(incident);
  }

  kept(incident: Incident): void {
    this.store.save(incident);
  }

  ended(incident: Incident): void {
    this.store.remove(incident);
  }
}

/** Turns anomalies into alarms for people. */
export class Alarms extends Module {
  private keeper: StoredSettings = new StoredSettings('settings');
  private announcer: Announcer = new Announcer();
  private desk: AlarmDesk = new AlarmDesk(this.announcer);
  private timer: Timer = new Timer(0);
  private hasSettings: bool = false;
  /** Messages that were no anomalies. */
  private invalid: u32 = 0;
  private shownOpen: i32 = -1;
  private shownLost: i32 = 0;

  onStart(start: Start): void {
    const kept = this.announcer.store.load();
    for (let i = 0; i < kept.length; i++) this.desk.restore(kept[i], clock.time(), clock.monotonic());
  }

  onDesired(desired: Desired): void {
    const problems = new Problems();
    const settings = readAlarmSettings(this.keeper.merge(desired, problems));
    if (problems.count == 0) {
      this.desk.settings = settings;
      this.hasSettings = true;
      this.keeper.accept();
    } else {
      if (!this.hasSettings) this.takePrevious();
      this.keeper.refuse(problems, this.hasSettings);
    }
    this.settle();
  }

  onMessage(message: Message): void {
    const anomaly = readAnomaly(message.json());
    if (anomaly === null) {
      if (this.invalid++ == 0) log.warning('a message from ' + message.sourceName + ' is no anomaly');
    } else {
      this.desk.take(anomaly, message.time, message.monotonic);
    }
    this.settle();
  }

  onTimer(timer: TimerEvent): void {
    this.settle();
  }

  onMethod(call: MethodCall): void {
    if (call.name == 'acknowledge') this.acknowledge(call);
    else if (call.name == 'list') this.list(call);
    else call.respond(404, JsonWriter.object().set('error', 'methods are acknowledge and list'));
    this.settle();
  }

  private acknowledge(call: MethodCall): void {
    const payload = call.payload;
    const by = payload.get('by').text();
    if (by.length > 128 || !payload.get('id').isString) {
      call.respond(
        400,
        JsonWriter.object().set('error', 'expected {"id": "...", "by": "at most 128 characters", "close": false}'),
      );
      return;
    }
    const incident = this.desk.byId(payload.get('id').text());
    if (incident === null) {
      call.respond(404, JsonWriter.object().set('error', 'no alarm of that id is open'));
      return;
    }
    this.desk.acknowledge(incident, by, payload.get('close').bool(), call.monotonic);
    const json = JsonWriter.object();
    writeAlarm(json, incident, this.desk.byId(incident.id) === null ? 'cleared' : 'acknowledged', call.time);
    call.respond(200, json);
  }

  private list(call: MethodCall): void {
    const json = JsonWriter.object().array('alarms');
    for (let i = 0; i < this.desk.incidents.length; i++) {
      const incident = this.desk.incidents[i];
      json.addObject();
      writeAlarm(json, incident, incident.isAcknowledged ? 'acknowledged' : 'raised', call.time);
      json.end();
    }
    call.respond(200, json);
  }

  /** After a restart with a mistake in the twin: goes on with the settings accepted last. */
  private takePrevious(): void {
    const problems = new Problems();
    const section = this.keeper.previous(problems);
    if (section === null) return;
    const settings = readAlarmSettings(section);
    if (problems.count > 0) return;
    this.desk.settings = settings;
    this.hasSettings = true;
  }

  /** Does what is due, and shows in the twin what changed. */
  private settle(): void {
    const wait = this.desk.tick(clock.monotonic());
    if (wait > 0) this.timer.once(<i32>min(wait, 2_147_483_647));
    const open = this.desk.incidents.length;
    // The first message lost is news; that there are ever more of them is not worth a report each.
    const lost = i32(this.desk.dropped > 0) + i32(this.invalid > 0);
    if (open == this.shownOpen && lost == this.shownLost) return;
    this.shownOpen = open;
    this.shownLost = lost;
    twin.report(JsonWriter.object().set('open', open).set('dropped', this.desk.dropped).set('invalid', this.invalid));
  }
}
