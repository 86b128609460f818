// The same with json-as: a class that its transform gives a reader and a writer, between strings.
import { Message, Module, Output, run, TimerEvent } from '@gatehouse/sdk';
import { JSON } from 'json-as';

export * from '@gatehouse/sdk/entry';

@json
class Telemetry {
  device: string = '';
  time: f64 = 0;
  pressure: f64 = 0;
  casing: f64 = 0;
  current: f64 = 0;
  temperature: f64 = 0;
  strokes: f64 = 0;
  running: bool = false;
}

class Bench extends Module {
  private readonly out: Output = new Output('out');
  private readonly telemetry: Telemetry = new Telemetry();

  onMessage(message: Message): void {
    const text = String.UTF8.decodeUnsafe(message.bodyPointer, message.bodyBytes);
    let sum: f64 = 0;
    if (message.source == 0) {
      const telemetry = JSON.parse<Telemetry>(text);
      if (telemetry.device == 'pump') sum = telemetry.pressure + telemetry.temperature;
    } else {
      const values = JSON.parse<Array<f64>>(text);
      for (let index = 0; index < values.length; index++) sum += values[index];
    }
    if (isNaN(sum)) throw new Error('nothing read');
  }

  onTimer(timer: TimerEvent): void {
    const telemetry = this.telemetry;
    telemetry.device = 'pump';
    telemetry.time = timer.time;
    telemetry.pressure = timer.monotonic / 100;
    telemetry.casing = timer.missed == 0 ? 12.25 : timer.monotonic / 7;
    telemetry.current = 18.4;
    telemetry.temperature = 61.3;
    telemetry.strokes = 7;
    telemetry.running = true;
    const text = JSON.stringify(telemetry);
    const body = String.UTF8.encode(text);
    this.out.emitRaw(1, 0, 0, changetype<usize>(body), body.byteLength);
  }
}

run(new Bench());
