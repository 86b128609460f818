// Says back every field of every event, as JSON on the output `seen`.
import {
  Answer,
  clock,
  Desired,
  Event,
  JsonWriter,
  Message,
  MethodCall,
  Module,
  Output,
  PropertyReader,
  run,
  Start,
  Stop,
  TimerEvent,
} from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Probe extends Module {
  private readonly seen: Output = new Output('seen');
  private readonly json: JsonWriter = new JsonWriter();

  onStart(start: Start): void {
    const json = this.begin('start', start);
    json
      .set('reason', start.reason)
      .set('restarts', start.restarts)
      .set('device', start.device)
      .set('module', start.module);
    this.properties('environment', start.environments);
    json.set('unit', start.environment('UNIT')).set('none', start.environment('NONE'));
    this.emit();
  }

  onMessage(message: Message): void {
    const json = this.begin('message', message);
    json
      .set('isJson', message.isJson)
      .set('hops', message.hops)
      .set('input', message.input)
      .set('source', message.source);
    json.set('sequence', message.sequence).set('emitted', message.emitted);
    this.properties('properties', message.properties);
    this.bytes('bodyHex', message.bodyPointer, message.bodyBytes);
    const copy = message.bytes;
    this.bytes('bytes', copy.dataStart, copy.byteLength);
    json.set('text', message.text).setValue('json', message.json()).set('sourceName', message.sourceName);
    this.emit();
  }

  onTimer(timer: TimerEvent): void {
    this.begin('timer', timer).set('timer', timer.timer).set('missed', timer.missed);
    this.emit();
  }

  onDesired(desired: Desired): void {
    this.begin('desired', desired)
      .set('complete', desired.complete)
      .set('version', desired.version)
      .setValue('body', desired.body);
    this.emit();
  }

  onMethod(call: MethodCall): void {
    this.begin('method', call).set('request', call.request).set('name', call.name).setValue('payload', call.payload);
    this.emit();
  }

  onAnswer(answer: Answer): void {
    this.begin('answer', answer)
      .set('request', answer.request)
      .set('status', answer.status)
      .set('detail', answer.detail);
    this.bytes('payloadHex', answer.payloadPointer, answer.payloadBytes);
    this.json.set('ok', answer.isOk);
    this.emit();
  }

  onStop(stop: Stop): void {
    this.begin('stop', stop).set('reason', stop.reason);
    this.emit();
  }

  private begin(kind: string, event: Event): JsonWriter {
    assert(event.time == clock.time() && event.monotonic == clock.monotonic(), 'clock');
    return this.json.clear().set('kind', kind).set('time', clock.time()).set('monotonic', clock.monotonic());
  }

  private properties(name: string, properties: PropertyReader): void {
    this.json.array(name);
    while (properties.next()) this.json.addArray().add(properties.key).add(properties.value).end();
    this.json.end();
  }

  private bytes(name: string, pointer: usize, bytes: usize): void {
    const digits = '0123456789abcdef';
    const hex = new ArrayBuffer(<i32>bytes * 4);
    for (let index: usize = 0; index < bytes; index++) {
      const byte = load<u8>(pointer + index);
      const at = changetype<usize>(hex) + index * 4;
      store<u16>(at, digits.charCodeAt(byte >> 4));
      store<u16>(at, digits.charCodeAt(byte & 15), 2);
    }
    this.json.set(name, String.UTF16.decode(hex));
  }

  private emit(): void {
    assert(this.seen.emitJson(this.json) == 0, 'emit');
  }
}

run(new Probe());
