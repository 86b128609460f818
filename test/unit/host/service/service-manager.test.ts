import { ServiceManager } from '../../../../host/src/service/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('notifications to a service manager');

function open() {
  const sent: (readonly string[])[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const troubles: string[] = [];
  const send = (assignments: readonly string[]): Promise<void> => {
    sent.push(assignments);
    return new Promise((resolve, reject) => ends.push((error) => (error === undefined ? resolve() : reject(error))));
  };
  const manager = new ServiceManager(undefined, send, ({ message }) => troubles.push(message));
  const end = async (error?: Error): Promise<void> => {
    ends.shift()?.(error);
    await new Promise(setImmediate);
  };
  return { manager, sent, troubles, end };
}

test('are sent one at a time; what waits becomes one, with the newest of each', async () => {
  const { manager, sent, end } = open();
  manager.notify({ STATUS: 'a' });
  manager.notify({ STATUS: 'b', READY: '1' });
  manager.notify({ STATUS: 'c', WATCHDOG: '1' });
  assert.deepEqual(sent, [['STATUS=a']]);
  await end();
  assert.deepEqual(sent[1], ['STATUS=c', 'READY=1', 'WATCHDOG=1']);
  await end();
  await manager.close();
  assert.equal(sent.length, 2);
});

test('trouble is told when it begins, and again after it was over', async () => {
  const { manager, troubles, end } = open();
  for (const error of [new Error('gone'), new Error('gone'), undefined, new Error('again')]) {
    manager.notify({ WATCHDOG: '1' });
    await end(error);
  }
  assert.deepEqual(troubles, ['gone', 'again']);
});

test('a state of several lines is no other assignment', () => {
  const { manager, sent } = open();
  manager.notify({ STATUS: 'a\nMAINPID=1' });
  assert.deepEqual(sent, [['STATUS=a\\nMAINPID=1']]);
});

test('only a process that a manager has started has one, and its children do not', () => {
  const ignore = (): void => {};
  assert.equal(ServiceManager.of({}, ignore), undefined);
  const environment = { NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '120000000', WATCHDOG_PID: '7', PATH: '/bin' };
  const manager = ServiceManager.of(environment, ignore);
  assert.equal(manager?.watchdogMs, 120_000);
  assert.deepEqual(environment as object, { PATH: '/bin' });
  assert.equal(ServiceManager.of({ NOTIFY_SOCKET: '/run/x' }, ignore)?.watchdogMs, undefined);
});

test.run();
