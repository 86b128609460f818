import { type SecurityEvent, SecurityEvents, securityEventJson } from '../../../../host/src/security/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('security events');

function collect(): { events: SecurityEvents; told: SecurityEvent[]; pass: (ms: number) => void } {
  let time = 0;
  const told: SecurityEvent[] = [];
  const events = new SecurityEvents({ now: () => 1_700_000_000_000 + time, monotonic: () => time });
  events.listen((event) => told.push(event));
  return {
    events,
    told,
    pass: (ms) => {
      time += ms;
      events.tellDue();
    },
  };
}

const DENIED = { code: 'CAPABILITY_DENIED', module: 'evil', text: 'no' } as const;

test('the first is told at once, what follows once a minute with its number', () => {
  const { events, told, pass } = collect();
  events.report(DENIED);
  assert.deepEqual(told, [
    {
      ...{
        sequence: 1,
        time: 1_700_000_000_000,
        kind: 'denied',
        code: 'CAPABILITY_DENIED',
        module: 'evil',
        text: 'no',
      },
      ...{ count: 1, total: 1 },
    },
  ]);
  for (let n = 0; n < 1_000; n++) events.report({ ...DENIED, count: 10 });
  pass(59_999);
  assert.equal(told.length, 1);
  pass(1);
  assert.equal(told.length, 2);
  assert.equal(told[1]?.count, 10_000);
  assert.equal(told[1]?.total, 10_001);
  pass(600_000);
  assert.equal(told.length, 2);
});

test('an event of another module or code is not hidden behind many of the same', () => {
  const { events, told } = collect();
  for (let n = 0; n < 100; n++) events.report(DENIED);
  events.report({ ...DENIED, module: 'other' });
  events.report({ ...DENIED, code: 'LIMIT_TIMERS' });
  events.report({ code: 'UPLINK_REFUSED', identity: 'gw/a', text: 'x' });
  assert.deepEqual(
    told.map(({ code, module, identity }) => [code, module ?? identity]),
    [
      ['CAPABILITY_DENIED', 'evil'],
      ['CAPABILITY_DENIED', 'other'],
      ['LIMIT_TIMERS', 'evil'],
      ['UPLINK_REFUSED', 'gw/a'],
    ],
  );
});

test('what waits at the end is told, and codes that do not concern security are passed over', () => {
  const { events, told } = collect();
  events.report(DENIED);
  events.report(DENIED);
  events.report({ code: 'DEVICE_TIMEOUT', text: 'x' });
  events.tellAll();
  assert.deepEqual(
    told.map(({ count }) => count),
    [1, 1],
  );
});

test('subjects beyond the limit share one record a code: nothing grows without bound', () => {
  const { events } = collect();
  for (let n = 0; n < 20_000; n++) events.report({ ...DENIED, module: `m${n}` });
  const totals = [...events.totals()];
  assert.equal(totals.length, 8_193);
  assert.equal(totals.find(({ module }) => module === undefined)?.total, 20_000 - 8_192);
  assert.equal(events.recent.length, 16);
});

test('no text can forge a line, move the cursor or turn the order of characters, and none is long', () => {
  const { events, told } = collect();
  const nasty = '"}\n{"code":"X"}\r\u001b[2J\u0085\u2028\u202e\ufeff\ud800 ä';
  events.report({ ...DENIED, text: nasty });
  events.report({ ...DENIED, module: 'long', text: `${'\n'.repeat(5_000)}x` });
  const line = securityEventJson(told[0] as SecurityEvent);
  assert.match(line, /^[ -~]+$/);
  assert.equal((JSON.parse(line) as SecurityEvent).code, 'CAPABILITY_DENIED');
  assert.deepEqual(
    [...'\n\r\u001b\u0085\u2028\u202e'].filter((c) => (JSON.parse(line) as SecurityEvent).text.includes(c)),
    [],
  );
  assert.ok((told[1] as SecurityEvent).text.length <= 512);
});

test.run();
