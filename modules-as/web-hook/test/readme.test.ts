import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, readyModule } from '../../test-lib/module-rig.ts';
import { readmeExample, readmeSize } from '../../test-lib/readme-example.ts';
import { openHook } from './hook-rig.ts';

const test = suite('web-hook README', { timeoutMs: 120_000 });
const ready = await readyModule('web-hook');
const [input] = readmeExample('web-hook', 'input') as [Json];
const sent = (mark: string) => {
  const rig = openHook(ready.wasm('release'), (readmeExample('web-hook', mark) as [Json])[0]).message(input);
  assert.deepEqual(rig.reported['settings'], { status: 'accepted', errors: 0 });
  return rig.takeRequests()[0]!;
};

test('the example yields what it shows', () => {
  const { body, host, path } = sent('settings');
  assert.deepEqual(JSON.parse(body), (readmeExample('web-hook', 'output') as [Json])[0]);
  assert.deepEqual([host, path], ['hooks.example.com', '/alarms/pump-house']);
});

test('the SMS is a form with what the gateway wants', () => {
  const { body, headers } = sent('sms');
  assert.deepEqual(headers, ['content-type: application/x-www-form-urlencoded']);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
    ...{ From: '+4930123456', To: '+4915112345678', Body: 'pump escalated: critical' },
  });
});

test('the mail is JSON with what the gateway wants', () => {
  const { subject, content } = JSON.parse(sent('mail').body) as { subject: string; content: unknown };
  assert.equal(subject, 'pump: alarm escalated');
  assert.deepEqual(content, [{ type: 'text/plain', value: 'critical, by intakeHigh, pump-1700000000000' }]);
});

test('the module has the size that is stated', () => {
  assert.ok(ready.bytes <= readmeSize('web-hook'), `${ready.bytes} bytes`);
});

test.run();
