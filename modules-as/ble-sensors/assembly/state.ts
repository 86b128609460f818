import { clock, JsonWriter, log, Status } from '@gatehouse/sdk';
import { statusName } from '../../parts/assembly/status-name';

/** How it stands with a device, since when, and whether the twin has been told. */
export class State {
  isNew: bool = true;
  private name: string = 'waiting';
  private sinceMs: f64 = clock.time();

  constructor(private device: string) {}

  /** Notes the status of an answer, or of a request that was refused. */
  note(status: i32): void {
    const name = statusName(status);
    if (name == this.name) return;
    this.name = name;
    this.sinceMs = clock.time();
    this.isNew = true;
    if (status == Status.Ok) log.info(this.device + ': ' + name);
    else log.warning(this.device + ': ' + name);
  }

  write(json: JsonWriter): void {
    json.set('status', this.name).set('since', this.sinceMs);
  }
}
