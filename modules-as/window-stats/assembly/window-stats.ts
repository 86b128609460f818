import {
  clock,
  Desired,
  JsonKind,
  JsonValue,
  JsonWriter,
  log,
  Message,
  Module,
  Stop,
  Timer,
  TimerEvent,
  twin,
} from '@gatehouse/sdk';
import { Problems } from '../../parts/assembly/problems';
import { SettingsKeeper } from '../../parts/assembly/settings-keeper';
import { Group } from './group';
import { LogScale } from './quantile-sketch';
import { Statistics } from './statistics';
import { PANES_MAX, readStatsSettings, StatsSettings } from './stats-settings';

const GROUPS_MAX: i32 = 8;
const TICK_MS: i32 = 500;
const REPORT_MS: f64 = 60_000;
/** Event times beyond this many milliseconds either side of 1970 are no times. */
const TIME_MAX: f64 = 8.64e15;

/** Keeps the windows of all groups. */
export class WindowStats extends Module {
  private keeper: SettingsKeeper = new SettingsKeeper('settings');
  private tick: Timer = new Timer(0);
  private settings: StatsSettings = new StatsSettings();
  private statistics: Statistics = new Statistics(this.settings);
  private scale: LogScale = new LogScale(0.01);
  private groups: Group[] = [];
  private isReady: bool = false;
  /** Readings that could not be counted: no JSON object or no time; too far ahead; of a group too many. */
  private invalid: u32 = 0;
  private ahead: u32 = 0;
  private groupsDropped: u32 = 0;
  private shown: u32 = 0;
  private shownAt: f64 = -Infinity;

  onDesired(desired: Desired): void {
    const problems = new Problems();
    const settings = readStatsSettings(this.keeper.merge(desired, problems));
    if (problems.count > 0) {
      this.keeper.refuse(problems, this.isReady);
      return;
    }
    this.flush();
    this.settings = settings;
    this.statistics = new Statistics(settings);
    this.scale = new LogScale(settings.accuracy);
    this.groups = [];
    this.isReady = true;
    this.tick.every(TICK_MS);
    this.keeper.accept();
  }

  onMessage(message: Message): void {
    if (!this.isReady) return;
    const body = message.json();
    const time = this.settings.isByArrival ? message.time : body.get('time').f64();
    // Written so that NaN, which a missing time is, is refused too.
    if (!body.isObject || !(Math.abs(time) <= TIME_MAX)) {
      this.invalid++;
    } else if (time > message.time + this.settings.aheadMs) {
      this.ahead++;
    } else {
      const group = this.group(body.get(this.settings.groupBy));
      if (group === null) this.groupsDropped++;
      else this.count(group, body, time, message);
    }
  }

  onTimer(timer: TimerEvent): void {
    for (let i = 0; i < this.groups.length; i++) {
      const group = this.groups[i];
      this.statistics.group = group.name;
      group.silence(timer.monotonic, this.statistics);
    }
    this.report();
  }

  onStop(stop: Stop): void {
    this.flush();
  }

  private count(group: Group, body: JsonValue, time: f64, message: Message): void {
    this.statistics.group = group.name;
    group.advance(time, message.time, message.monotonic, this.statistics);
    for (let i = 0; i < group.windows.length; i++) {
      const window = group.windows[i];
      if (!window.accepts(<i64>time)) continue;
      const fields = window.settings.fields;
      for (let field = 0; field < fields.length; field++) {
        const value = numberOf(body.get(fields[field]));
        if (isFinite(value)) window.add(<i64>time, field, value);
      }
    }
  }

  /** The group of that name, a new one if there is room, or null. What is no text is the group without a name. */
  private group(value: JsonValue): Group | null {
    for (let i = 0; i < this.groups.length; i++) {
      // Makes no string: a reading leaves no garbage behind.
      const group = this.groups[i];
      if (value.isString ? value.equals(group.name) : group.name.length == 0) return group;
    }
    const name = value.text();
    const count = this.groups.length + 1;
    if (count > GROUPS_MAX || count * this.settings.panes > PANES_MAX || name.length > 128) return null;
    const group = new Group(name, this.settings, this.scale);
    this.groups.push(group);
    return group;
  }

  private flush(): void {
    this.statistics.isPartial = true;
    for (let i = 0; i < this.groups.length; i++) {
      this.statistics.group = this.groups[i].name;
      this.groups[i].flush(this.statistics);
    }
    this.statistics.isPartial = false;
  }

  /** Shows in the twin what was not counted: the first at once, then at most once a minute. */
  private report(): void {
    const total = this.invalid + this.ahead + this.groupsDropped + this.statistics.lost;
    if (total == this.shown || clock.monotonic() < this.shownAt + REPORT_MS) return;
    this.shown = total;
    this.shownAt = clock.monotonic();
    log.warning('readings or results were dropped; the twin says how many');
    const json = JsonWriter.object().set('invalid', this.invalid).set('ahead', this.ahead);
    twin.report(json.set('groupsDropped', this.groupsDropped).set('lost', this.statistics.lost));
  }
}

/** A number as such, a truth value as 0 or 1, anything else as NaN. */
function numberOf(value: JsonValue): f64 {
  return value.kind == JsonKind.Boolean ? (value.bool() ? 1 : 0) : value.f64();
}
