import { Answer, Desired, Module, Timer, TimerEvent } from '@gatehouse/sdk';
import { Problems } from '../../parts/assembly/problems';
import { SettingsKeeper } from '../../parts/assembly/settings-keeper';
import { decode } from './decode';
import { FieldReader } from './field-reader';
import { LineHealth } from './line-health';
import { MergedFix } from './merged-fix';
import { Quantity } from './quantity';
import { ReceiverSettings, readReceiverSettings } from './receiver-settings';
import { Fault, Sentence } from './sentence';
import { SentenceType } from './sentence-type';
import { Sky } from './sky';
import { SkyParts } from './sky-parts';
import { Subscriptions } from './subscriptions';
import { Telemetry } from './telemetry';
import { Values } from './values';

/** Pauses between attempts to subscribe: doubling. */
const RETRY_MIN_MS: i32 = 1_000;
const RETRY_MAX_MS: i32 = 60_000;

/** Takes sentences from a serial port, and sends what they say, one by one or merged. */
export class Receiver extends Module {
  private keeper: SettingsKeeper = new SettingsKeeper('settings');
  private retryTimer: Timer = new Timer(0);
  private mergeTimer: Timer = new Timer(1);
  private healthTimer: Timer = new Timer(2);
  private subscriptions: Subscriptions = new Subscriptions();
  private health: LineHealth = new LineHealth(this.healthTimer);
  private telemetry: Telemetry = new Telemetry();
  private sentence: Sentence = new Sentence();
  private fields: FieldReader = new FieldReader(this.sentence);
  private values: Values = new Values();
  private sky: Sky = new Sky();
  private skyParts: SkyParts = new SkyParts();
  private fix: MergedFix = new MergedFix();
  private settings: ReceiverSettings | null = null;
  private request: i32 = 0;
  private retryMs: i32 = RETRY_MIN_MS;

  onDesired(desired: Desired): void {
    const problems = new Problems();
    const settings = readReceiverSettings(this.keeper.merge(desired, problems));
    if (problems.count > 0) {
      this.keeper.refuse(problems, this.settings !== null);
      return;
    }
    const before = this.settings;
    this.settings = settings;
    this.keeper.accept();
    if (before === null || before.device != settings.device) this.fix.clear();
    if (settings.isMerged) this.mergeTimer.every(settings.intervalMs);
    else this.mergeTimer.clear();
    this.retryMs = RETRY_MIN_MS;
    this.subscribe();
  }

  onAnswer(answer: Answer): void {
    const settings = this.settings;
    if (settings === null || <i32>answer.request != this.request) return;
    if (answer.isOk) {
      this.health.note(this.take(settings, answer.payloadPointer, answer.payloadBytes));
      return;
    }
    this.subscriptions.ended(this.request);
    this.request = 0;
    this.health.failed(answer.status);
    this.retry();
  }

  onTimer(timer: TimerEvent): void {
    const settings = this.settings;
    if (settings === null) return;
    if (this.retryTimer.is(timer)) this.subscribe();
    if (this.healthTimer.is(timer)) this.health.check(this.skyParts.incomplete, this.telemetry.dropped);
    if (!this.mergeTimer.is(timer) || !settings.isMerged) return;
    const values = this.fix.current(settings.staleMs);
    if (values !== null) this.telemetry.merged(settings.device, values);
  }

  private take(settings: ReceiverSettings, frame: usize, bytes: i32): Fault {
    const sentence = this.sentence;
    const fault = sentence.parse(frame, bytes);
    if (fault != Fault.None) return fault;
    if ((settings.types & (1 << sentence.type)) == 0) return Fault.Other;
    decode(this.fields, this.values, this.sky);
    if (this.fields.isBad) return Fault.Malformed;
    if (settings.isMerged) this.fix.take(this.values);
    else if (this.isWhole()) this.telemetry.sentence(settings.device, sentence, this.values, this.sky);
    return Fault.None;
  }

  /** Whether all parts of what the sentence says are there. */
  private isWhole(): bool {
    if (this.sentence.type != SentenceType.GSV) return true;
    const signal = this.values.get(Quantity.Signal);
    const talker = this.sentence.talker;
    const key = (talker.charCodeAt(0) << 16) | (talker.charCodeAt(1) << 8) | (isNaN(signal) ? 0xff : <i32>signal);
    return this.skyParts.take(key, this.sky);
  }

  private subscribe(): void {
    const device = this.settings!.device;
    const request = this.subscriptions.request(device);
    this.request = max(request, 0);
    this.health.watch(device, request);
    if (request <= 0) this.retry();
  }

  private retry(): void {
    this.retryTimer.once(this.retryMs);
    this.retryMs = min(this.retryMs * 2, RETRY_MAX_MS);
  }
}
