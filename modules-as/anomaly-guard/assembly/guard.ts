import {
  Answer,
  clock,
  Desired,
  JsonKind,
  JsonValue,
  JsonWriter,
  log,
  Message,
  MethodCall,
  Module,
  Output,
  Stop,
  Timer,
  TimerEvent,
  twin,
} from '@gatehouse/sdk';
import { numberText } from '../../parts/assembly/number-text';
import { Problems } from '../../parts/assembly/problems';
import { StoredSettings } from '../../parts/assembly/stored-settings';
import { GuardSettings, readGuardSettings } from './guard-settings';
import { Change, Rule } from './rule';
import { removeRule, restoreRule, storeRule } from './rule-store';
import { Stopper } from './stopper';

/** How often what was learned is kept. */
const STORE_MS: i32 = 60_000;

/** Judges readings by rules, tells of what leaves them, and stops the device where a rule says so. */
export class Guard extends Module {
  private keeper: StoredSettings = new StoredSettings('settings');
  private output: Output = new Output('anomalies');
  private json: JsonWriter = new JsonWriter();
  private stopTimer: Timer = new Timer(0);
  private storeTimer: Timer = new Timer(1);
  /** Without rules until the first settings are accepted. */
  private settings: GuardSettings = new GuardSettings();
  private isReady: bool = false;
  private lastIncident: f64 = 0;
  private stopper: Stopper | null = null;

  onDesired(desired: Desired): void {
    const problems = new Problems();
    const settings = readGuardSettings(this.keeper.merge(desired, problems));
    if (problems.count == 0) {
      this.adopt(settings);
      this.keeper.accept();
      return;
    }
    if (!this.isReady) {
      const others = new Problems();
      const section = this.keeper.previous(others);
      if (section !== null) {
        const previous = readGuardSettings(section);
        if (others.count == 0) this.adopt(previous);
      }
    }
    this.keeper.refuse(problems, this.isReady);
  }

  onMessage(message: Message): void {
    const body = message.json();
    if (!body.get('device').equals(this.settings.device)) return;
    const time = body.get('time').f64(message.time);
    let rule = this.settings.first;
    while (rule !== null) {
      this.judge(rule, body, time);
      rule = rule.next;
    }
    this.settle();
  }

  onAnswer(answer: Answer): void {
    const stopper = this.stopper;
    if (stopper !== null) stopper.take(answer);
    this.settle();
  }

  onTimer(timer: TimerEvent): void {
    if (this.storeTimer.is(timer)) {
      this.storeLearned();
      return;
    }
    const stopper = this.stopper;
    if (stopper !== null) stopper.tick();
    this.settle();
  }

  onMethod(call: MethodCall): void {
    const payload = call.payload;
    if (call.name != 'reset') {
      call.respond(404);
      return;
    }
    const name = payload.get('rule').text();
    let found = 0;
    let rule = this.settings.first;
    while (rule !== null) {
      if (name.length == 0 || rule.name == name) {
        found++;
        this.reset(rule, payload.get('relearn').bool(), 'reset');
      }
      rule = rule.next;
    }
    this.settle();
    call.respond(found == 0 ? 404 : 200, JsonWriter.object().set('rules', <f64>found));
  }

  onStop(stop: Stop): void {
    this.storeLearned();
  }

  private adopt(settings: GuardSettings): void {
    this.storeLearned();
    let old = this.settings.first;
    while (old !== null) {
      this.retire(old, settings);
      old = old.next;
    }
    this.settings = settings;
    this.isReady = true;
    let rule = settings.first;
    while (rule !== null) {
      restoreRule(rule);
      this.lastIncident = max(this.lastIncident, rule.incident);
      rule = rule.next;
    }
    this.stopper = null;
    const stop = settings.stop;
    if (stop !== null) {
      const stopper = new Stopper(stop);
      this.stopper = stopper;
      // The stop may have come to any point, in the instance before or by the settings before: look before anything is written.
      if (this.isHeld()) stopper.resume();
    }
    this.storeTimer.every(STORE_MS);
    this.settle();
  }

  /** Lets go of a rule that the new settings do not have, on the same field. */
  private retire(rule: Rule, settings: GuardSettings): void {
    let other = settings.first;
    while (other !== null) {
      if (other.name == rule.name && other.field == rule.field) return;
      other = other.next;
    }
    this.reset(rule, false, 'settings');
    removeRule(rule);
    twin.report(JsonWriter.object().object('rules').setNull(rule.name));
  }

  private judge(rule: Rule, body: JsonValue, time: f64): void {
    const when = rule.when;
    if (when !== null && !when.holds(numberOf(body.get(when.field)), clock.monotonic())) {
      rule.vote.reset();
      return;
    }
    const value = numberOf(body.get(rule.field));
    if (isNaN(value)) return;
    const change = rule.judge(value);
    if (change == Change.none) return;
    if (change == Change.raised) {
      // Also where the clock was set back, no two incidents have the same id.
      this.lastIncident = max(clock.time(), this.lastIncident + 1);
      rule.incident = this.lastIncident;
      const stopper = this.stopper;
      if (rule.stops && stopper !== null) {
        stopper.trip();
        // The message about the rule says it; `settle` has no news then.
        stopper.tell();
      }
    }
    rule.value = value;
    rule.time = time;
    this.changed(rule, value, time, '');
  }

  private reset(rule: Rule, relearn: bool, cause: string): void {
    const wasRaised = rule.raised;
    const learned = rule.learned;
    if (relearn && learned !== null) learned.forget();
    rule.vote.reset();
    rule.raised = false;
    if (wasRaised) this.changed(rule, NaN, clock.time(), cause);
    else storeRule(rule);
  }

  private changed(rule: Rule, value: f64, time: f64, cause: string): void {
    const state = rule.raised ? 'raised' : 'cleared';
    storeRule(rule);
    this.emit(rule, value, time, state, cause);
    twin.report(JsonWriter.object().object('rules').set(rule.name, state));
  }

  /** After everything else: lets the stop go when no rule holds it, tells news of it, and sets the timer for what is next. */
  private settle(): void {
    const stopper = this.stopper;
    if (stopper === null) return;
    if (!this.isHeld()) stopper.release();
    if (stopper.tell()) this.tellAction();
    const wait = stopper.waitMs;
    if (wait > 0) this.stopTimer.once(wait);
  }

  private isHeld(): bool {
    let rule = this.settings.first;
    while (rule !== null) {
      if (rule.raised && rule.stops) return true;
      rule = rule.next;
    }
    return false;
  }

  /** Sends every raised rule that stops once more, with the news of its action. */
  private tellAction(): void {
    let rule = this.settings.first;
    while (rule !== null) {
      if (rule.raised && rule.stops) this.emit(rule, rule.value, rule.time, 'raised', '');
      rule = rule.next;
    }
  }

  private emit(rule: Rule, value: f64, time: f64, state: string, cause: string): void {
    const json = this.json.clear();
    json
      .set('id', rule.name + '-' + numberText(rule.incident))
      .set('rule', rule.name)
      .set('device', this.settings.device);
    json.set('field', rule.field).set('value', value).set('limit', rule.crossed).set('severity', rule.severity);
    json.set('time', time).set('state', state);
    if (cause.length > 0) json.set('cause', cause);
    const stopper = this.stopper;
    if (rule.stops && stopper !== null) {
      stopper.write(json, 'action');
      json.end();
    }
    const status = this.output.emitJson(json);
    if (status != 0) log.error('not sent: ' + numberText(status));
  }

  private storeLearned(): void {
    let rule = this.settings.first;
    while (rule !== null) {
      if (rule.learned !== null) storeRule(rule);
      rule = rule.next;
    }
  }
}

/** A number as such, a truth value as 0 or 1, anything else as NaN. */
function numberOf(value: JsonValue): f64 {
  return value.kind == JsonKind.Boolean ? (value.bool() ? 1 : 0) : value.f64();
}
