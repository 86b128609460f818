// Reads `{"path":[...],"in":...,"otherwise":...}` in every way there is.
import { JsonValue, JsonWriter, Message, Module, Output, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class JsonReads extends Module {
  private readonly out: Output = new Output('out');
  private readonly json: JsonWriter = new JsonWriter();

  onMessage(message: Message): void {
    const request = message.json();
    let value = request.get('in');
    for (let step = request.get('path').first(); step.exists; step = step.next()) {
      value = step.isNumber ? value.at(step.i32()) : value.get(step.text());
    }
    const json = this.json.clear();
    json
      .set('kind', <i32>value.kind)
      .set('exists', value.exists)
      .set('length', value.length);
    json.set('f64', value.f64(-1.5)).set('i32', value.i32(-2)).set('i64', value.i64(-3)).set('bool', value.bool(true));
    json.set('text', value.text('none')).set('equals', value.equals(request.get('equals').text()));
    json.set('isNull', value.isNull).set('isObject', value.isObject).set('isArray', value.isArray);
    json.set('isString', value.isString).set('isNumber', value.isNumber).setValue('raw', value);
    json.array('keys');
    for (let member = value.members(); member.exists; member = member.next()) {
      if (!member.is('skipped')) json.add(member.key);
    }
    json.end().array('raws');
    for (let item = value.first(); item.exists; item = item.next()) json.addValue(item);
    this.out.emitJson(json);
  }
}

run(new JsonReads());
