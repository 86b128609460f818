import { judgeHealth } from '../../../../host/src/health/index.ts';
import { type Notification, ServiceReport } from '../../../../host/src/service/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TROUBLED, WELL } from '../health/health-facts.ts';

const test = suite('what a service manager is told');
const well = judgeHealth(WELL);
const starting = judgeHealth({ ...WELL, phase: 'starting' });

function open(watchdogMs: number | undefined) {
  const told: Notification[] = [];
  const time = { now: 0 };
  const report = new ServiceReport({ watchdogMs, notify: (one) => told.push(one) }, () => time.now);
  return { told, time, report };
}

test('that it is ready once, when it is, and its state when that changes', () => {
  const { told, report } = open(undefined);
  report.beat({ isAnswered: false, health: starting });
  report.beat({ isAnswered: true, health: well });
  report.beat({ isAnswered: true, health: well });
  report.beat({ isAnswered: true, health: judgeHealth(TROUBLED) });
  report.stopping();
  assert.deepEqual(told, [
    { STATUS: '2 of 3 modules run; uplink connected; the host is starting' },
    { READY: '1', STATUS: '2 of 3 modules run; uplink connected' },
    {
      STATUS:
        '1 of 3 modules run; 2 of 3 modules do not run: guard, alarm; the uplink is not connected (UPLINK_UNREACHABLE); 1 of 2 devices is not well: meter; the disk of the state folder has 20 MB left',
    },
    { STOPPING: '1', STATUS: 'stopping in order' },
  ]);
});

test('the watchdog is fed four times while it waits, by beats in which all threads have answered and by no others', () => {
  const { told, time, report } = open(80_000);
  assert.equal(report.beatEveryMs, 5_000);
  const beat = (isAnswered: boolean): void => {
    report.beat({ isAnswered, health: well });
    time.now += report.beatEveryMs;
  };
  for (let beats = 0; beats < 160; beats++) beat(true);
  const fed = () => told.filter(({ WATCHDOG }) => WATCHDOG === '1').length;
  assert.equal(fed(), 40);
  for (let beats = 0; beats < 160; beats++) beat(false);
  assert.equal(fed(), 40);
  beat(true);
  assert.equal(fed(), 41);
});

test('a watchdog that waits for a short time makes the beats faster', () => {
  const { told, time, report } = open(400);
  assert.equal(report.beatEveryMs, 100);
  for (let beats = 0; beats < 10; beats++) {
    report.beat({ isAnswered: true, health: well });
    time.now += 100;
  }
  assert.equal(told.filter(({ WATCHDOG }) => WATCHDOG === '1').length, 10);
});

test('without a watchdog nothing is said that nobody waits for', () => {
  const { told, report } = open(undefined);
  for (let beats = 0; beats < 100; beats++) report.beat({ isAnswered: true, health: well });
  assert.equal(told.length, 1);
});

test.run();
