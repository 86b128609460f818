import { assert, suite } from '../../test/lib/suite.ts';
import { methodFrame } from './lib/event-frames.ts';
import { fixture, TARGETS } from './lib/fixture.ts';

const test = suite('sdk JSON writing');
const writes = await fixture('json-writes');

for (const target of TARGETS) {
  const write = (name: string, payload = ''): string =>
    writes.open(target).commit(methodFrame(1, name, payload)).responses[0]!.payload;
  const abort = (name: string, payload = ''): string => {
    const module = writes.open(target);
    assert.equal(module.deliver(methodFrame(1, name, payload)).kind, 'trapped');
    return module.host.aborts[0]!.text;
  };

  test(`${target}: whole numbers of every type are written with all digits`, () => {
    const expected =
      '{"i":[-128,255,-32768,65535,-2147483648,4294967295,-9223372036854775808,9223372036854775807,18446744073709551615,0]}';
    assert.equal(write('integers'), expected);
  });

  test(`${target}: NaN and the infinities become null, every other number reads back the same`, () => {
    assert.equal(write('floats'), '{"f":[0.5,0.1,-0,null,null,null,1.7976931348623157e308,5e-324]}');
  });

  test(`[RFC8259-7] ${target}: strings are escaped, a null string is null, a lone surrogate becomes U+FFFD`, () => {
    const text = write('texts');
    assert.equal(
      text,
      String.raw`{"none":null,"some":"some","":"","\"\\/\u0008\u000c\n\r\t\u0000\u001f":"é€😀","lone":"` +
        '\ufffdx\ufffd"}',
    );
    assert.equal((JSON.parse(text) as Record<string, string>)['"\\/\b\f\n\r\t\u0000\u001f'], 'é€😀');
  });

  test(`${target}: truth values, null, and values copied as they were read`, () => {
    assert.equal(write('words'), '{"yes":true,"no":false,"null":null,"missing":null,"value":{ "a" : [ 1.50 , "x" ] }}');
  });

  test(`${target}: what is still open is closed when the text is used`, () => {
    assert.equal(write('nesting'), '{"o":{"a":[{"x":1},[[]],2]},"y":3,"open":[{"deep":[]}]}');
    assert.equal(write('empty'), '{}');
  });

  test(`${target}: an array may be the root`, () => {
    assert.equal(write('array', '{"a": 1}'), '[1,null,{"a": 1}]');
  });

  test(`${target}: the text grows as needed`, () => {
    const { a } = JSON.parse(write('long')) as { a: string[] };
    assert.deepEqual(
      a,
      Array.from({ length: 1000 }, (_, index) => 'ä'.repeat(index % 50)),
    );
  });

  test(`${target}: 63 levels are written, the 64th aborts`, () => {
    assert.equal(write('deep', '63'), '['.repeat(63) + ']'.repeat(63));
    assert.equal(abort('deep', '64'), 'too deep');
  });

  test(`${target}: a member in an array, an element in an object and an end too many abort with a reason`, () => {
    assert.equal(abort('member-in-array'), 'no object is open');
    assert.equal(abort('element-in-object'), 'no array is open');
    assert.equal(abort('end-twice'), 'nothing is open');
  });
}

test.run();
