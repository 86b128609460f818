import { Answer, clock, Desired, JsonWriter, Module, Start, Timer, TimerEvent, twin } from '@gatehouse/sdk';
import { Problems } from '../../parts/assembly/problems';
import { SettingsKeeper } from '../../parts/assembly/settings-keeper';
import { Air } from './air';
import { BtHomeKeys } from './bthome-keys';
import { Leaf } from './leaf';
import { AirSettings, DEVICES_MAX, LeafSettings, readSensorsSettings, SensorsSettings } from './sensors-settings';
import { Telemetry } from './telemetry';

/** How often is looked what is to be asked for again, and to be reported. */
const CHECK_MS: i32 = 5_000;
/** Least time between two reports of a change, and between two of counters alone. */
const CHANGE_MS: f64 = 10_000;
const COUNTERS_MS: f64 = 300_000;

/** Values of Bluetooth sensors: what they advertise, and what they say when they are asked. */
export class Sensors extends Module {
  private keeper: SettingsKeeper = new SettingsKeeper('settings');
  private checkTimer: Timer = new Timer(0);
  private telemetry: Telemetry = new Telemetry();
  private keys: BtHomeKeys = new BtHomeKeys();
  private air: Air | null = null;
  private leaves: Leaf[] = [];
  private hasSettings: bool = false;
  private shownMs: f64 = -Infinity;
  private shownCount: u32 = 0;

  onStart(start: Start): void {
    this.keys.read(start);
    this.checkTimer.every(CHECK_MS);
  }

  onDesired(desired: Desired): void {
    const problems = new Problems();
    const settings = readSensorsSettings(this.keeper.merge(desired, problems));
    if (problems.count > 0) {
      this.keeper.refuse(problems, this.hasSettings);
      return;
    }
    this.hasSettings = true;
    this.keeper.accept();
    this.useAir(settings.air);
    this.useLeaves(settings);
    this.ask();
  }

  onAnswer(answer: Answer): void {
    const air = this.air;
    if (air !== null && air.take(answer)) return;
    for (let i = 0; i < this.leaves.length; i++) if (this.leaves[i].take(answer)) return;
  }

  onTimer(timer: TimerEvent): void {
    for (let i = 0; i < this.leaves.length; i++) if (this.leaves[i].timer.is(timer)) this.leaves[i].poll();
    if (!this.checkTimer.is(timer)) return;
    this.ask();
    this.report();
  }

  private ask(): void {
    const air = this.air;
    if (air !== null) air.ask();
    for (let i = 0; i < this.leaves.length; i++) this.leaves[i].ask();
  }

  /** Goes on with the device that is listened to, or changes it. */
  private useAir(settings: AirSettings | null): void {
    const air = this.air;
    if (air !== null && settings !== null && air.settings.device == settings.device) {
      air.settings = settings;
      return;
    }
    if (air !== null) {
      air.stop();
      twin.report(JsonWriter.object().setNull('advertisements'));
    }
    this.air = settings === null ? null : new Air(settings, this.keys, this.telemetry);
  }

  /** Keeps the devices whose settings are as before, and ends and begins the others. */
  private useLeaves(settings: SensorsSettings): void {
    const before = this.leaves;
    const leaves: Leaf[] = [];
    const gone = JsonWriter.object().object('devices');
    for (let i = 0; i < before.length; i++) {
      if (isKept(before[i].settings, settings)) {
        leaves.push(before[i]);
        continue;
      }
      before[i].stop();
      gone.setNull(before[i].settings.device);
    }
    if (leaves.length < before.length) twin.report(gone);
    this.leaves = leaves;
    for (let i = 0; i < settings.leaves.length; i++) {
      if (!this.has(settings.leaves[i])) leaves.push(new Leaf(settings.leaves[i], this.freeTimer(), this.telemetry));
    }
  }

  private has(settings: LeafSettings): bool {
    for (let i = 0; i < this.leaves.length; i++) if (this.leaves[i].settings.device == settings.device) return true;
    return false;
  }

  /** A timer that no device has; the first is that of the module itself. */
  private freeTimer(): Timer {
    for (let id = 1; id < DEVICES_MAX; id++) {
      let isUsed = false;
      for (let i = 0; i < this.leaves.length; i++) if (this.leaves[i].timer.id == id) isUsed = true;
      if (!isUsed) return new Timer(id);
    }
    return new Timer(DEVICES_MAX);
  }

  /** Says how things are, when that changed, or now and then how much came. */
  private report(): void {
    let count = this.telemetry.dropped;
    let isChanged = false;
    const air = this.air;
    if (air !== null) {
      count += air.count;
      isChanged = air.state.isNew;
    }
    for (let i = 0; i < this.leaves.length; i++) {
      count += this.leaves[i].count;
      if (this.leaves[i].state.isNew) isChanged = true;
    }
    const sinceMs = clock.monotonic() - this.shownMs;
    if (!(isChanged && sinceMs >= CHANGE_MS) && (count == this.shownCount || sinceMs < COUNTERS_MS)) return;
    this.shownMs = clock.monotonic();
    this.shownCount = count;
    this.write(JsonWriter.object());
  }

  private write(json: JsonWriter): void {
    const air = this.air;
    if (air !== null) {
      air.write(json);
      air.state.isNew = false;
    }
    json.object('devices');
    for (let i = 0; i < this.leaves.length; i++) {
      this.leaves[i].write(json);
      this.leaves[i].state.isNew = false;
    }
    twin.report(json.end().set('dropped', this.telemetry.dropped));
  }
}

/** Whether settings of a device are among the new ones as they are. */
function isKept(leaf: LeafSettings, settings: SensorsSettings): bool {
  for (let i = 0; i < settings.leaves.length; i++) {
    const other = settings.leaves[i];
    if (other.device != leaf.device) continue;
    return other.intervalMs == leaf.intervalMs && other.places.join(' ') == leaf.places.join(' ');
  }
  return false;
}
