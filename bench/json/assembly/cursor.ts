// Telemetry read and written with the SDK's cursor and writer, between bytes.
import { JsonWriter, Message, Module, Output, run, TimerEvent } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Bench extends Module {
  private readonly out: Output = new Output('out');
  private readonly json: JsonWriter = new JsonWriter();

  onMessage(message: Message): void {
    const body = message.json();
    let sum: f64 = 0;
    if (message.source == 0) {
      if (body.get('device').equals('pump')) sum = body.get('pressure').f64() + body.get('temperature').f64();
    } else {
      for (let value = body.first(); value.exists; value = value.next()) sum += value.f64();
    }
    if (!body.exists || isNaN(sum)) throw new Error('nothing read');
  }

  onTimer(timer: TimerEvent): void {
    const json = this.json.clear();
    json
      .set('device', 'pump')
      .set('time', timer.time)
      .set('pressure', timer.monotonic / 100);
    json
      .set('casing', timer.missed == 0 ? 12.25 : timer.monotonic / 7)
      .set('current', 18.4)
      .set('temperature', 61.3);
    json.set('strokes', 7.0).set('running', true);
    this.out.emitJson(json);
  }
}

run(new Bench());
