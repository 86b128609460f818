import { STATUS } from '../../../host/src/abi/constants.ts';
import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { type HookRig, openHook } from './hook-rig.ts';

const test = suite('web-hook bodies', { timeoutMs: 120_000 });
const ready = await readyModule('web-hook');
const SERVER = { server: 'https://sms.example.com' };
const ALARM = {
  ...{ id: 'pump-1', device: 'pump & "co"\n', state: 'raised', level: 2, acknowledged: false, by: null },
  causes: [{ rule: 'intake high' }, { rule: 'ä€😀' }],
};

const PLACES = 'places such as {{device}} or {{causes.0.rule}}';
const ORIGIN = 'http(s)://host, with :port unless it is 443 or 80';
/** Settings, and the place, expectation and value that are reported. */
const MISTAKES: [Json, string, string, unknown?][] = [
  [{}, 'server', ORIGIN],
  [{ server: 7 }, 'server', ORIGIN, 7],
  [{ server: 'ftp://a' }, 'server', ORIGIN, 'ftp://a'],
  [{ server: 'https://' }, 'server', ORIGIN, 'https://'],
  [{ server: 'https://a/b' }, 'server', ORIGIN, 'https://a/b'],
  [{ server: 'https://u@a' }, 'server', ORIGIN, 'https://u@a'],
  [{ server: 'https://a:0' }, 'server', ORIGIN, 'https://a:0'],
  [{ server: 'https://a:65536' }, 'server', ORIGIN, 'https://a:65536'],
  [{ server: 'https://a:' }, 'server', ORIGIN, 'https://a:'],
  [{ server: 'https://:80' }, 'server', ORIGIN, 'https://:80'],
  [{ ...SERVER, path: 'x' }, 'path', '/..., visible ASCII, at most 1024 characters', 'x'],
  [{ ...SERVER, path: '/ x' }, 'path', '/..., visible ASCII, at most 1024 characters', '/ x'],
  [{ ...SERVER, format: 'xml' }, 'format', 'json, form or text', 'xml'],
  [{ ...SERVER, timeoutMs: -1 }, 'timeoutMs', 'a whole number from 0 to 60000', -1],
  [{ ...SERVER, body: 'text' }, 'body', 'an object', 'text'],
  [{ ...SERVER, format: 'text', body: {} }, 'body', 'a text', {}],
  [{ ...SERVER, format: 'form' }, 'body', 'an object of the fields of the form'],
  [{ ...SERVER, format: 'form', body: { a: 1 } }, 'body', 'an object of texts', { a: 1 }],
  [{ ...SERVER, body: { a: '{{' } }, 'body', PLACES, { a: '{{' }],
  [{ ...SERVER, body: { a: '{{}}' } }, 'body', PLACES, { a: '{{}}' }],
  [{ ...SERVER, body: { a: '{{a b}}' } }, 'body', PLACES, { a: '{{a b}}' }],
  [{ ...SERVER, url: 'x' }, 'url', 'no such key', 'x'],
];

for (const target of TARGETS) {
  const open = (settings: Json): HookRig => openHook(ready.wasm(target), settings);
  const sent = (settings: Json, message: Json = ALARM) =>
    open({ ...SERVER, ...settings })
      .message(message)
      .takeRequests()[0]!;

  test(`${target}: places of a JSON body are filled with what the message has, and it stays JSON`, () => {
    const { body, headers } = sent({
      body: { text: '{{device}} is {{state}}', list: ['{{level}}', { deep: '{{causes.1.rule}}' }], fixed: 7 },
    });
    assert.deepEqual(headers, ['content-type: application/json']);
    assert.deepEqual(JSON.parse(body), {
      ...{ text: 'pump & "co"\n is raised', list: ['2', { deep: 'ä€😀' }], fixed: 7 },
    });
  });

  test(`${target}: what a message does not have is left empty, as are objects, lists and null`, () => {
    const { body } = sent({
      body: { a: '[{{none}}{{causes}}{{causes.7.rule}}{{causes.0}}{{by}}{{id.x}}]', b: '{{acknowledged}}' },
    });
    assert.deepEqual(JSON.parse(body), { a: '[]', b: 'false' });
  });

  test(`${target}: only a number is a place in a list`, () => {
    const places = ['rule', 'x.rule', '1x.rule', '-1.rule', '-0.rule', '.rule', '99999999999.rule', '0e0.rule', '0.1'];
    const { body } = sent({ body: { a: places.map((place) => `{{causes.${place}}}`).join('') } });
    assert.deepEqual(JSON.parse(body), { a: '' });
  });

  test(`${target}: a form has its fields escaped so that a server reads what was meant`, () => {
    const { body, headers } = sent({
      format: 'form',
      body: { To: '+49 151 2345', 'a=b': '{{device}}: {{causes.0.rule}}, {{causes.1.rule}}', fixed: '1&2' },
    });
    assert.deepEqual(headers, ['content-type: application/x-www-form-urlencoded']);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
      ...{ To: '+49 151 2345', 'a=b': 'pump & "co"\n: intake high, ä€😀', fixed: '1&2' },
    });
    assert.match(body, /^[A-Za-z0-9%=&._~-]+$/);
  });

  test(`${target}: a text is sent as it is written`, () => {
    const { body, headers } = sent({ format: 'text', body: 'Pump {{state}}\n{{device}}' });
    assert.deepEqual([body, headers], ['Pump raised\npump & "co"\n', ['content-type: text/plain; charset=utf-8']]);
  });

  test(`${target}: without a template the message goes as it came`, () => {
    assert.equal(sent({}).body, JSON.stringify(ALARM));
    assert.equal(sent({ format: 'text' }).body, JSON.stringify(ALARM));
  });

  test(`${target}: server, port, path and time are those of the settings`, () => {
    const { scheme, host, port, path, timeoutMs } = sent({
      server: 'http://[fd00::1]:8080',
      path: '/a?b=c',
      timeoutMs: 700,
    });
    assert.deepEqual([scheme, host, port, path, timeoutMs], [1, '[fd00::1]', 8080, '/a?b=c', 700]);
  });

  test(`${target}: each mistake in the settings is reported with its place`, () => {
    for (const [settings, path, expected, got] of MISTAKES) {
      const { error, status } = open(settings).reported['settings'] as { error: Json; status: string };
      assert.equal(status, 'refused', JSON.stringify(settings));
      assert.deepEqual(error, { path, expected, ...(got !== undefined && { got }) }, JSON.stringify(settings));
    }
  });

  test(`${target}: settings accepted last stay in force, also over a restart`, () => {
    const wasm = ready.wasm(target);
    const rig = open({ ...SERVER, path: '/a' }).patch({ path: 'b' });
    const next = rig.restarted(wasm).start({ ...SERVER, path: 'b' });
    for (const each of [rig, next]) {
      each.message(ALARM);
      const [request] = each.takeRequests();
      assert.equal(request!.path, '/a');
      each.answer(request!.id, STATUS.ok, undefined, 200);
    }
  });
}

test.run();
