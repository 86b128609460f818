// Reads a JSON body value by value and writes it again, so that both directions can be compared with another
// implementation. What is not valid JSON comes back as `{"valid":false}`.
import { JsonKind, JsonValue, JsonWriter, Message, Module, Output, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class JsonEcho extends Module {
  private readonly out: Output = new Output('out');
  private readonly json: JsonWriter = new JsonWriter();

  onMessage(message: Message): void {
    const value = message.json();
    this.json.clear().set('valid', value.exists);
    if (value.exists) this.member('value', value);
    this.out.emitJson(this.json);
  }

  private member(key: string, value: JsonValue): void {
    const json = this.json;
    switch (value.kind) {
      case JsonKind.Null:
        json.setNull(key);
        break;
      case JsonKind.Boolean:
        json.set(key, value.bool());
        break;
      case JsonKind.Number:
        json.set(key, value.f64());
        break;
      case JsonKind.String:
        json.set(key, value.text());
        break;
      case JsonKind.Array:
        this.elements(json.array(key), value);
        break;
      default:
        this.members(json.object(key), value);
    }
  }

  private element(value: JsonValue): void {
    const json = this.json;
    if (value.isNull) json.addNull();
    else if (value.isNumber) json.add(value.f64());
    else if (value.isString) json.add(value.text());
    else if (value.isArray) this.elements(json.addArray(), value);
    else if (value.isObject) this.members(json.addObject(), value);
    else json.add(value.bool());
  }

  private elements(json: JsonWriter, array: JsonValue): void {
    for (let item = array.first(); item.exists; item = item.next()) this.element(item);
    json.end();
  }

  private members(json: JsonWriter, object: JsonValue): void {
    for (let member = object.members(); member.exists; member = member.next()) this.member(member.key, member.value);
    json.end();
  }
}

run(new JsonEcho());
