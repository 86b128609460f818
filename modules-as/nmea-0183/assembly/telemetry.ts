import { clock, JsonWriter, Output, Properties, Status } from '@gatehouse/sdk';
import { Sentence } from './sentence';
import { TYPE_NAMES } from './sentence-type';
import { Sky } from './sky';
import { Values } from './values';

/** Writes messages. */
export class Telemetry {
  /** Messages that the host did not take. */
  dropped: u32 = 0;
  private output: Output = new Output('telemetry');
  private json: JsonWriter = new JsonWriter();
  private properties: Properties = new Properties();

  sentence(device: string, sentence: Sentence, values: Values, sky: Sky): void {
    const name = TYPE_NAMES[sentence.type];
    const json = this.begin(device, name).set('talker', sentence.talker);
    values.write(json);
    if (sky.used.length > 0) {
      json.array('satellites');
      for (let i = 0; i < sky.used.length; i++) json.add(sky.used[i]);
    } else if (sky.inView.length > 0) {
      json.array('satellites');
      for (let i = 0; i < sky.inView.length; i++) sky.inView[i].write(json);
    }
    this.properties.set('talker', sentence.talker);
    this.send();
  }

  merged(device: string, values: Values): void {
    values.write(this.begin(device, 'merged'));
    this.send();
  }

  private begin(device: string, sentence: string): JsonWriter {
    this.properties.clear().set('device', device).set('sentence', sentence);
    return this.json.clear().set('device', device).set('time', clock.time()).set('sentence', sentence);
  }

  private send(): void {
    if (this.output.emitJson(this.json, this.properties) != Status.Ok) this.dropped++;
  }
}
