import { JsonWriter, ModbusReading, Output, Status } from '@gatehouse/sdk';
import { RegisterMap } from './register-map';

const ADDRESS_OF_VALUES: usize = 8;

/** Sends one message for each reading. */
export class Telemetry {
  /** Messages the host did not take. */
  dropped: u32 = 0;
  private output: Output = new Output('telemetry');
  private json: JsonWriter = new JsonWriter();
  private invalid: string[] = [];

  /** Translates a reading and emits it; registers without a valid value are named in `invalid`. */
  send(map: RegisterMap, reading: ModbusReading): void {
    const json = this.json.clear().set('device', map.device).set('time', reading.time);
    const invalid = this.invalid;
    for (let i = 0; i < map.registers.length; i++) {
      const register = map.registers[i];
      const block = reading.block(register.table, register.address, register.words);
      let value: f64 = NaN;
      if (block !== null) {
        const index = <usize>(register.address - <i32>block.address);
        value = register.value(changetype<usize>(block) + ADDRESS_OF_VALUES + (index << 1));
      }
      if (isFinite(value)) json.set(register.name, value);
      else invalid.push(register.name);
    }
    if (invalid.length > 0) {
      json.array('invalid');
      for (let i = 0; i < invalid.length; i++) json.add(invalid[i]);
      invalid.length = 0;
    }
    if (this.output.emitJson(json) != Status.Ok) this.dropped++;
  }
}
