import {
  Answer,
  Desired,
  JsonWriter,
  log,
  ModbusReading,
  Module,
  Status,
  Timer,
  TimerEvent,
  twin,
} from '@gatehouse/sdk';
import { Problems } from '../../parts/assembly/problems';
import { StoredSettings } from '../../parts/assembly/stored-settings';
import { DeviceHealth } from './device-health';
import { RegisterMap, readRegisterMap } from './register-map';
import { Subscriptions } from './subscriptions';
import { Telemetry } from './telemetry';

/** Pauses between attempts to subscribe: doubling. */
const RETRY_MIN_MS: i32 = 1_000;
const RETRY_MAX_MS: i32 = 60_000;

/**
 * Subscribes to a poll and turns each reading into telemetry. A new map is first a candidate: what a poll reads is known with its
 * first reading only, and until that proves the map, the one before stays in force.
 */
export class Translator extends Module {
  private settings: StoredSettings = new StoredSettings('map');
  private retryTimer: Timer = new Timer(0);
  private reportTimer: Timer = new Timer(1);
  private health: DeviceHealth = new DeviceHealth('', this.reportTimer);
  private subscriptions: Subscriptions = new Subscriptions();
  private telemetry: Telemetry = new Telemetry();
  private map: RegisterMap | null = null;
  private candidate: RegisterMap | null = null;
  /** Subscriptions of the two maps; 0 for none. */
  private mapRequest: i32 = 0;
  private candidateRequest: i32 = 0;
  private retryMs: i32 = RETRY_MIN_MS;

  onDesired(desired: Desired): void {
    const problems = new Problems();
    const candidate = readRegisterMap(this.settings.merge(desired, problems));
    if (problems.count > 0) {
      this.refuse(problems);
      return;
    }
    this.candidate = candidate;
    this.settings.wait();
    this.retryMs = RETRY_MIN_MS;
    this.subscribe();
  }

  onAnswer(answer: Answer): void {
    const request = <i32>answer.request;
    const isCandidate = request == this.candidateRequest;
    if (!isCandidate && request != this.mapRequest) return;
    if (answer.status == Status.Cancelled) {
      this.subscriptions.ended(request);
      this.retry();
    }
    this.health.note(answer.status, answer.detail);
    if (!answer.isOk) return;
    const reading = ModbusReading.of(answer);
    if (isCandidate) this.prove(reading);
    const map = this.map;
    if (map !== null && request == this.mapRequest) this.telemetry.send(map, reading);
  }

  onTimer(timer: TimerEvent): void {
    if (this.retryTimer.is(timer)) this.subscribe();
    if (this.reportTimer.is(timer)) this.health.report();
  }

  /** Puts the candidate in force, or refuses it because the poll does not read all of its registers. */
  private prove(reading: ModbusReading): void {
    const candidate = this.candidate!;
    const problems = new Problems();
    candidate.check(reading, problems);
    this.candidate = null;
    if (problems.count > 0) {
      this.candidateRequest = 0;
      this.refuse(problems);
      return;
    }
    this.map = candidate;
    this.mapRequest = this.candidateRequest;
    this.candidateRequest = 0;
    this.settings.accept();
    reportUnits(candidate);
  }

  private refuse(problems: Problems): void {
    this.candidate = null;
    this.candidateRequest = 0;
    const map = this.map;
    if (map === null) this.takePrevious();
    else this.health.watch(map.device);
    this.settings.refuse(problems, this.map !== null);
  }

  /** After a restart with a bad map in the twin: goes on with the last good one. */
  private takePrevious(): void {
    const problems = new Problems();
    const section = this.settings.previous(problems);
    if (section === null) return;
    const map = readRegisterMap(section);
    if (problems.count > 0) return;
    this.map = map;
    reportUnits(map);
    this.subscribe();
  }

  /** Subscribes for the maps at hand, and tries again later where the host does not let it. */
  private subscribe(): void {
    const map = this.map;
    if (map !== null) this.mapRequest = this.attempt(map);
    const candidate = this.candidate;
    if (candidate !== null) this.candidateRequest = this.attempt(candidate);
  }

  private attempt(map: RegisterMap): i32 {
    this.health.watch(map.device);
    const request = this.subscriptions.request(map.device, map.poll);
    if (request > 0) return request;
    this.health.note(request, 0);
    this.retry();
    return 0;
  }

  private retry(): void {
    this.retryTimer.once(this.retryMs);
    this.retryMs = min(this.retryMs * 2, RETRY_MAX_MS);
  }
}

/** Says what the numbers of the telemetry mean, once for each map. */
function reportUnits(map: RegisterMap): void {
  // Units of the map before would stay among those of this one.
  twin.report(JsonWriter.object().setNull('units'));
  const json = JsonWriter.object().set('registers', map.registers.length).object('units');
  for (let i = 0; i < map.registers.length; i++) {
    const register = map.registers[i];
    if (register.unit.length > 0) json.set(register.name, register.unit);
  }
  twin.report(json);
}
