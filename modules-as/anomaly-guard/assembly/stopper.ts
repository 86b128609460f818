import { Answer, clock, JsonWriter, log, twin } from '@gatehouse/sdk';
import { numberText } from '../../parts/assembly/number-text';
import { StopSettings } from './guard-settings';
import { Progress, StopSequence } from './stop-sequence';

/** Stops the device of the settings, and says how that goes in log, twin and messages. */
export class Stopper {
  private sequence: StopSequence;
  private told: Progress = Progress.idle;

  constructor(readonly settings: StopSettings) {
    this.sequence = new StopSequence(settings);
  }

  trip(): void {
    this.sequence.trip(clock.monotonic());
  }

  resume(): void {
    this.sequence.resume(clock.monotonic());
  }

  release(): void {
    this.sequence.release();
  }

  /** Milliseconds until `tick` has something to do, at least 1; -1 for never. */
  get waitMs(): i32 {
    const next = this.sequence.nextMs;
    return next == Infinity ? -1 : <i32>max(next - clock.monotonic(), 1);
  }

  tick(): void {
    this.sequence.tick(clock.monotonic());
  }

  take(answer: Answer): void {
    // The answer to the read of one coil: one block of one value behind its head of 8 bytes.
    const value = answer.payloadBytes >= 10 && load<u16>(answer.payloadPointer, 8) == this.settings.value;
    this.sequence.answered(<i32>answer.request, answer.status, value, clock.monotonic());
  }

  /** Tells log and twin when there is news, and returns whether there was. */
  tell(): bool {
    const progress = this.sequence.progress;
    if (progress == this.told) return false;
    this.told = progress;
    const text =
      'stop of ' +
      this.settings.device +
      ': ' +
      progressName(progress) +
      ', status ' +
      numberText(this.sequence.status);
    if (progress == Progress.confirmed || progress == Progress.idle) log.info(text);
    else log.error(text);
    const json = JsonWriter.object();
    this.write(json, 'stop');
    json.set('time', clock.time());
    twin.report(json);
    return true;
  }

  /** Writes how it stands as a member of the open object, and leaves that member open. */
  write(json: JsonWriter, key: string): void {
    const sequence = this.sequence;
    const settings = this.settings;
    json.object(key).set('device', settings.device).set('address', settings.place);
    json
      .set('value', <f64>settings.value)
      .set('state', progressName(sequence.progress))
      .set('status', <f64>sequence.status);
    json.set('writes', <f64>sequence.writes).set('tookMs', sequence.tookMs);
  }
}

function progressName(progress: Progress): string {
  switch (progress) {
    case Progress.requested:
      return 'requested';
    case Progress.retrying:
      return 'retrying';
    case Progress.confirmed:
      return 'confirmed';
    case Progress.refused:
      return 'refused';
    default:
      return 'idle';
  }
}
