import type { WriteAudit } from '../../../../host/src/drivers/index.ts';
import type { LogEntry } from '../../../../host/src/gateway/log.ts';
import { WriteAuditLog } from '../../../../host/src/gateway/write-audit-log.ts';
import { REPORT_LIMITS } from '../../../../host/src/limits.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { VirtualClock } from '../drivers/virtual-clock.ts';

const test = suite('log of writes');
const { auditLinesPerSecond, auditBurstSeconds } = REPORT_LIMITS;
const BURST = auditLinesPerSecond * auditBurstSeconds;

const write = (module: string, changes: Partial<WriteAudit> = {}): WriteAudit => ({
  ...{ origin: 'module', module, device: 'pump', address: 'coil:1', values: [1], time: 0, tookMs: 2.4, sent: true },
  ...{ outcome: 'confirmed', detail: 0 },
  ...changes,
});

function open(): { entries: LogEntry[]; clock: VirtualClock; audit: WriteAuditLog } {
  const entries: LogEntry[] = [];
  const clock = new VirtualClock();
  return { entries, clock, audit: new WriteAuditLog((entry) => entries.push(entry), clock) };
}

test('each write has a line that says who wrote what and how it ended', () => {
  const { entries, audit } = open();
  audit.add(write('m'));
  audit.add(write('m', { outcome: 'unknown', code: 'WRITE_UNKNOWN', origin: 'fail-safe' }));
  assert.deepEqual(
    entries.map(({ level, module, code, text }) => [level, module, code, text]),
    [
      [6, 'm', undefined, 'write pump coil:1 = 1: confirmed after 2 ms'],
      [4, 'm', 'WRITE_UNKNOWN', 'write pump coil:1 = 1 as fail-safe: unknown after 2 ms'],
    ],
  );
});

test('of a module that floods a part has lines, and one line counts the others by outcome', () => {
  const { entries, clock, audit } = open();
  for (let n = 0; n < BURST + 1_000; n++)
    audit.add(write('flooder', n % 10 === 0 ? { outcome: 'dropped', sent: false } : {}));
  assert.equal(entries.length, BURST);
  clock.advance(9_999);
  assert.equal(entries.length, BURST);
  clock.advance(1);
  const { level, module, code, count, details, text } = entries[BURST]!;
  assert.deepEqual([entries.length, level, module, code, count], [BURST + 1, 4, 'flooder', 'LIMIT_LOG', 1_000]);
  assert.deepEqual(details, { auditLeftOut: { confirmed: 900, dropped: 100 } });
  assert.equal(text, '1000 writes are not in the log, because there were too many: dropped 100, confirmed 900');
  assert.equal(clock.pending, 0);
});

test('a flood that goes on has its lines by second, and one more every ten seconds', () => {
  const { entries, clock, audit } = open();
  const seconds = 600;
  for (let second = 0; second < seconds; second++) {
    for (let n = 0; n < 1_000; n++) audit.add(write('flooder'));
    clock.advance(1_000);
  }
  audit.close();
  assert.ok(entries.length <= BURST + seconds * auditLinesPerSecond + seconds / 10 + 1, `${entries.length} lines`);
  const told = entries.reduce((sum, { count = 0 }) => sum + count, 0);
  const lines = entries.filter(({ details }) => details?.['audit'] !== undefined).length;
  assert.equal(lines + told, seconds * 1_000, 'every write is a line or is counted');
});

test('other modules and writes of the host have their lines during a flood', () => {
  const { entries, audit } = open();
  for (let n = 0; n < BURST + 10; n++) audit.add(write('flooder'));
  audit.add(write('well'));
  audit.add(write('flooder', { origin: 'fail-safe' }));
  assert.deepEqual(
    entries.slice(BURST).map(({ module, text }) => [module, text.includes('fail-safe')]),
    [
      ['well', false],
      ['flooder', true],
    ],
  );
});

test('what was left out is told when the gateway closes', () => {
  const { entries, clock, audit } = open();
  for (let n = 0; n < BURST + 3; n++) audit.add(write('flooder'));
  audit.close();
  audit.close();
  assert.deepEqual([entries.length, entries.at(-1)?.count, clock.pending], [BURST + 1, 3, 0]);
});

test.run();
