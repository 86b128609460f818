import { clock, JsonWriter, Output, Properties, Status } from '@gatehouse/sdk';
import { Members } from './members';

/** Writes messages. One is begun, filled through `members`, and sent or left. */
export class Telemetry {
  /** Messages that the host did not take. */
  dropped: u32 = 0;
  private output: Output = new Output('telemetry');
  private json: JsonWriter = new JsonWriter();
  readonly members: Members = new Members(this.json);
  private properties: Properties = new Properties();

  /** Begins a message about a sensor. */
  begin(device: string, format: string): void {
    this.members.clear();
    this.json.clear().set('device', device).set('time', clock.time()).set('format', format);
    this.properties.clear().set('device', device).set('format', format);
  }

  /** Adds where an advertisement came from. */
  sender(address: string, rssi: i32): void {
    this.json.set('address', address);
    if (rssi != 127) this.json.set('rssiDbm', rssi);
    this.properties.set('address', address);
  }

  send(): void {
    if (this.output.emitJson(this.json, this.properties) != Status.Ok) this.dropped++;
  }
}
