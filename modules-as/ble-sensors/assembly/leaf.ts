import { Answer, BleCharacteristic, BleDevice, BleValue, JsonWriter, Status, Timer } from '@gatehouse/sdk';
import { decodeEnvironment } from './environment';
import { LeafSettings } from './sensors-settings';
import { State } from './state';
import { Telemetry } from './telemetry';
import { Wanted } from './wanted';

/** Reads the characteristics of one device, at an interval or as it notifies, and sends each value. */
export class Leaf {
  readonly state: State;
  private characteristics: BleCharacteristic[] = [];
  private wanted: Wanted[] = [];
  /** The read that is under way, and of which characteristic; one at a time, as the link takes one at a time. */
  private reading: i32 = 0;
  private readingOf: i32 = 0;
  /** Of the round of reads: `Ok`, or the first failure. */
  private roundStatus: i32 = Status.Ok;
  private values: u32 = 0;
  private malformed: u32 = 0;
  private failures: u32 = 0;

  constructor(
    readonly settings: LeafSettings,
    readonly timer: Timer,
    private telemetry: Telemetry,
  ) {
    this.state = new State(settings.device);
    const device = new BleDevice(settings.device);
    for (let i = 0; i < settings.places.length; i++) {
      this.characteristics.push(device.characteristic(settings.places[i]));
      this.wanted.push(new Wanted());
    }
    if (this.isPolled) timer.every(settings.intervalMs, 1);
  }

  get isPolled(): bool {
    return this.settings.intervalMs > 0;
  }

  /** Values so far, and what came instead. */
  get count(): u32 {
    return this.values + this.malformed + this.failures;
  }

  /** Subscribes where that is to be done. */
  ask(): void {
    for (let i = 0; i < this.wanted.length && !this.isPolled; i++) {
      if (!this.wanted[i].isDue) continue;
      const request = this.characteristics[i].subscribe();
      this.wanted[i].asked(request);
      if (request < 0) this.state.note(request);
    }
  }

  /** Begins to read all characteristics, unless the last round still goes on. */
  poll(): void {
    if (this.reading != 0) return;
    this.roundStatus = Status.Ok;
    this.read(0);
  }

  stop(): void {
    this.timer.clear();
    for (let i = 0; i < this.wanted.length; i++) if (this.wanted[i].request != 0) this.characteristics[i].unsubscribe();
  }

  /** Takes an answer; whether it was for this. */
  take(answer: Answer): bool {
    const request = <i32>answer.request;
    if (request == this.reading) {
      this.reading = 0;
      if (answer.isOk) this.send(this.readingOf, answer);
      else this.fail(answer.status);
      this.read(this.readingOf + 1);
      return true;
    }
    for (let i = 0; i < this.wanted.length; i++) {
      if (this.wanted[i].request != request) continue;
      this.notified(i, answer);
      return true;
    }
    return false;
  }

  write(json: JsonWriter): void {
    this.state.write(json.object(this.settings.device));
    json.set('values', this.values).set('malformed', this.malformed).set('failures', this.failures).end();
  }

  /** Reads the characteristics from one on, and says at the end how the round was. */
  private read(index: i32): void {
    for (; index < this.characteristics.length; index++) {
      const request = this.characteristics[index].read();
      if (request > 0) {
        this.reading = request;
        this.readingOf = index;
        return;
      }
      this.fail(request);
    }
    this.state.note(this.roundStatus);
  }

  private fail(status: i32): void {
    this.failures++;
    if (this.roundStatus == Status.Ok) this.roundStatus = status;
  }

  /** A value, or news of the link, which the host keeps; any other failure ends the subscription. */
  private notified(index: i32, answer: Answer): void {
    this.state.note(answer.status);
    if (answer.isOk) this.wanted[index].works();
    if (BleValue.of(answer).isValue) this.send(index, answer);
    else if (!answer.isOk && answer.status != Status.Unavailable) {
      this.failures++;
      this.wanted[index].lost();
    }
  }

  private send(index: i32, answer: Answer): void {
    const members = this.telemetry.members;
    this.telemetry.begin(this.settings.device, 'gatt');
    if (!decodeEnvironment(this.settings.uuids[index], answer.payloadPointer, answer.payloadBytes, members)) {
      this.malformed++;
      return;
    }
    this.values++;
    if (members.count > 0) this.telemetry.send();
  }
}
