import { formatHealth, judgeHealth } from '../../../../host/src/health/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TROUBLED, WELL } from './health-facts.ts';

const test = suite('the table of a health');

test('shows a gateway that is well', () => {
  assert.equal(
    formatHealth(judgeHealth(WELL)),
    `gatehouse-host 0.1.0, gateway pump-7, up 3 d 4 h, 72 MB

  ok  host    running
  ok  uplink  connected; 1,204 sent, 3 waiting (1.5 KB)
  ok  disk    12 GB of 29 GB free

      module     state    events  restarts  reason
  ok  translate  running  12,345         0
  ok  guard      running       7         0
  ok  spare      stopped       0         0

      device  state      last error
  ok  pump    connected
  ok  meter   connected

Ready; all is well.
`,
  );
});

test('shows what is not well, why, and what follows', () => {
  assert.equal(
    formatHealth(judgeHealth(TROUBLED)),
    `gatehouse-host 0.1.0, gateway pump-7, up 3 d 4 h, 72 MB

  ok    host    running
  WARN  uplink  not connected (UPLINK_UNREACHABLE); 1,204 sent, 120 waiting (24 KB), 12 dropped
  WARN  disk    20 MB of 29 GB free

        module     state                      events  restarts  reason
  ok    translate  running, out of fuel       12,345         0
  WARN  guard      failed, next start in 3 s       7         2  MODULE_TRAPPED
  WARN  alarm      refused                         0         0  SIGNATURE_MISSING

        device  state      last error
  ok    pump    connected
  WARN  meter   waiting    DEVICE_UNREACHABLE

Ready, but:
  - 2 of 3 modules do not run: guard, alarm
  - the uplink is not connected (UPLINK_UNREACHABLE)
  - 1 of 2 devices is not well: meter
  - the disk of the state folder has 20 MB left
`,
  );
});

test('says first that only a new start helps', () => {
  const silent = { ...WELL, cells: [{ ...WELL.cells[0]!, silentMs: 75_000 }] };
  assert.match(
    formatHealth(judgeHealth(silent)),
    /\n\nNot live; only a new start helps:\n {2}- the thread of the modules has/,
  );
  assert.match(
    formatHealth(judgeHealth({ ...WELL, phase: 'stopping' })),
    /\n\nNot ready:\n {2}- the host is stopping\n$/,
  );
});

test('a name cannot forge a line or move the cursor', () => {
  const devices = { 'a\n  ok  b\u001b[2J': { state: 'waiting' } };
  const text = formatHealth(judgeHealth({ ...WELL, devices }));
  assert.ok(!text.includes('\u001b') && !text.includes('\n  ok  b'), text);
});

test.run();
