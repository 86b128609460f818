// Leaves garbage of every kind behind, and keeps a little that changes.
import { Answer, JsonWriter, kv, log, Message, Module, Output, Properties, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Sample {
  constructor(
    public name: string,
    public values: Array<f64>,
    public next: Sample | null,
  ) {}
}

class Churn extends Module {
  private readonly out: Output = new Output('out');
  private readonly kept: Map<string, Sample> = new Map<string, Sample>();
  private growing: Array<i32> = [];

  onMessage(message: Message): void {
    const body = message.json();
    const values: Array<f64> = [];
    for (let value = body.get('values').first(); value.exists; value = value.next()) values.push(value.f64());
    const name = body.get('name').text() + (message.sequence % 50).toString();
    const before: Sample | null = this.kept.has(name) ? this.kept.get(name) : null;
    // A cycle, which reference counting would never free.
    const sample = new Sample(name, values, before);
    if (before !== null) before.next = sample;
    sample.next = sample;
    this.kept.set(name, sample);
    this.growing.push(<i32>message.sequence);
    if (this.growing.length > 500) this.growing = [];
    kv.setText(name, message.text);
    const text = kv.getText(name);
    const json = new JsonWriter();
    if (text !== null) json.set('text', text);
    this.out.emitJson(
      json.set('length', this.growing.length),
      new Properties().set('name', name).set('from', message.sourceName),
    );
    if (message.sequence % 100 == 0) log.info('hundred');
    this.check();
  }

  /** What is kept must still be what it was, or the collector freed something that lives. */
  private check(): void {
    const names = this.kept.keys();
    for (let index = 0; index < names.length; index++) {
      const sample = this.kept.get(names[index]);
      assert(sample.name == names[index] && sample.values.length == 3 && sample.next === sample, 'kept sample changed');
    }
    if (this.growing.length > 1) {
      assert(this.growing[this.growing.length - 1] == this.growing[0] + this.growing.length - 1, 'array changed');
    }
  }
}

run(new Churn());
