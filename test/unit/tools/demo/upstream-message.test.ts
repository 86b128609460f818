import { parseUpstream } from '../../../../tools/src/demo/upstream-message.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('upstream messages');
const body = Buffer.from('{}');

function fields(topic: string) {
  const arrival = parseUpstream(topic, body);
  return arrival && [arrival.device, arrival.module, arrival.output, Object.fromEntries(arrival.properties)];
}

const TOPICS: readonly [string, ReturnType<typeof fields>][] = [
  ['devices/d/messages/events/', ['d', undefined, undefined, {}]],
  ['devices/d/messages/events', ['d', undefined, undefined, {}]],
  ['devices/d/modules/m/messages/events/%24.on=telemetry/', ['d', 'm', 'telemetry', { '$.on': 'telemetry' }]],
  [
    'devices/d/modules/m/messages/events/%24.on=out&%24.ct=application%2Fjson&a%20b=x%26y%3Dz/',
    ['d', 'm', 'out', { '$.on': 'out', '$.ct': 'application/json', 'a b': 'x&y=z' }],
  ],
  ['devices/d/modules/m/messages/events/?$.on=out', ['d', 'm', 'out', { '$.on': 'out' }]],
  ['devices/d/messages/events/a&b=&=c&a=2', ['d', undefined, undefined, { a: '', b: '', '': 'c' }]],
  ['devices/d/messages/events/a=%zz', ['d', undefined, undefined, { a: '%zz' }]],
  ['$iothub/twin/GET/?$rid=1', undefined],
  ['devices/d/messages/devicebound/', undefined],
  ['devices//messages/events/', undefined],
];

for (const [topic, expected] of TOPICS) {
  test(`reads ${topic}`, () => assert.deepEqual(fields(topic), expected));
}

test.run();
