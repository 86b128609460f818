// Writes every kind of value, one text for each method.
import { JsonValue, JsonWriter, MethodCall, Module, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class JsonWrites extends Module {
  onMethod(call: MethodCall): void {
    const json = new JsonWriter();
    const name = call.name;
    if (name == 'integers') {
      json
        .array('i')
        .add(<i8>-128)
        .add(<u8>255)
        .add(<i16>-32768)
        .add(<u16>65535)
        .add(i32.MIN_VALUE)
        .add(u32.MAX_VALUE);
      json.add(i64.MIN_VALUE).add(i64.MAX_VALUE).add(u64.MAX_VALUE).add(0);
    } else if (name == 'floats') {
      json
        .array('f')
        .add(<f32>0.5)
        .add(0.1)
        .add(-0.0)
        .add(NaN)
        .add(Infinity)
        .add(-Infinity)
        .add(f64.MAX_VALUE)
        .add(5e-324);
    } else if (name == 'texts') {
      const none: string | null = null;
      const some: string | null = 'some';
      json
        .set('none', none)
        .set('some', some)
        .set('', '')
        .set('"\\/\b\f\n\r\t\u0000\u001f', 'é€😀')
        .set('lone', '\ud800x\udc00');
    } else if (name == 'words') {
      json.set('yes', true).set('no', false).setNull('null').setValue('missing', JsonValue.fromText('{'));
      json.setValue('value', JsonValue.fromText(' { "a" : [ 1.50 , "x" ] } '));
    } else if (name == 'nesting') {
      json
        .object('o')
        .array('a')
        .addObject()
        .set('x', 1)
        .end()
        .addArray()
        .addArray()
        .end()
        .end()
        .add(2)
        .end()
        .end()
        .set('y', 3);
      json.array('open').addObject().array('deep');
    } else if (name == 'array') {
      json.set('gone', 1).clearToArray().add(1).addNull().addValue(call.payload);
    } else if (name == 'deep') {
      const levels = call.payload.i32();
      json.clearToArray();
      for (let level = 1; level < levels; level++) json.addArray();
    } else if (name == 'long') {
      json.array('a');
      for (let index = 0; index < 1000; index++) json.add('ä'.repeat(index % 50));
    } else if (name == 'member-in-array') {
      json.array('a').set('x', 1);
    } else if (name == 'element-in-object') {
      json.add(1);
    } else if (name == 'end-twice') {
      json.end().end();
    }
    const size = json.finish().byteLength;
    assert(String.UTF8.byteLength(json.toString()) == size, 'toString');
    call.respond(200, json);
  }
}

run(new JsonWrites());
