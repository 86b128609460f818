import { STATUS, type Status } from '../../host/src/abi/constants.ts';
import { assert, suite } from '../lib/suite.ts';
import { openBleSubject } from './driver/ble-subject.ts';
import type { DriverSubject } from './driver/driver-subject.ts';
import { openHttpSubject } from './driver/http-subject.ts';
import { openModbusServerSubject } from './driver/modbus-server-subject.ts';
import { openModbusSubject } from './driver/modbus-subject.ts';
import { openMqttSubject } from './driver/mqtt-subject.ts';
import { openSerialSubject } from './driver/serial-subject.ts';

const SUBJECTS: Readonly<Record<string, () => Promise<DriverSubject>>> = {
  modbus: openModbusSubject,
  serial: openSerialSubject,
  'modbus-server': openModbusServerSubject,
  http: openHttpSubject,
  ble: openBleSubject,
  mqtt: openMqttSubject,
};
const MINUTE_MS = 60_000;

interface Answer {
  readonly module: string;
  readonly status: Status;
}

for (const [name, openSubject] of Object.entries(SUBJECTS)) {
  const test = suite(`driver ${name}`);

  const requester = ({ driver }: DriverSubject) => {
    const answers: Answer[] = [];
    let request = 0;
    const ask = (payload: Uint8Array, module = 'm') =>
      driver.request(
        { module, instance: 1, request: ++request, answer: (status) => answers.push({ module, status }) },
        payload,
      );
    return { answers, ask, statuses: () => answers.map(({ status }) => status) };
  };
  const withSubject = (body: (subject: DriverSubject) => Promise<void>) => async () => {
    const subject = await openSubject();
    try {
      await body(subject);
    } finally {
      await subject.driver.close();
    }
  };

  test(
    'answers what it was asked, once',
    withSubject(async (subject) => {
      const { ask, statuses } = requester(subject);
      await subject.pass(0);
      ask(subject.payloads.good);
      await subject.pass(0);
      subject.answer();
      await subject.pass(10 * subject.deadlineMs);
      assert.deepEqual(statuses(), [STATUS.ok]);
    }),
  );

  test(
    'refuses what is no request, and what names nothing that it has, without asking anybody',
    withSubject(async (subject) => {
      const { ask, statuses } = requester(subject);
      await subject.pass(0);
      ask(subject.payloads.malformed);
      ask(subject.payloads.unknown);
      await subject.pass(0);
      assert.deepEqual(statuses(), [STATUS.invalid, subject.statusOfUnknown]);
    }),
  );

  test(
    'ends a request that nobody answers within its deadline, and takes no late answer for it',
    withSubject(async (subject) => {
      const { ask, statuses } = requester(subject);
      await subject.pass(0);
      ask(subject.payloads.good);
      await subject.pass(subject.deadlineMs);
      assert.equal(statuses().length, 1);
      assert.ok((statuses()[0] as Status) < 0, `${statuses()[0]}`);
      subject.answer();
      await subject.pass(subject.deadlineMs);
      assert.equal(statuses().length, 1);
    }),
  );

  test(
    'opens although the peer is away, says so once, and works when it comes back',
    withSubject(async (subject) => {
      subject.leave();
      await subject.pass(10 * MINUTE_MS);
      assert.equal(subject.logs.length > 0, subject.connectsUnasked, subject.logs.join('\n'));
      const { ask, statuses } = requester(subject);
      ask(subject.payloads.good);
      await subject.pass(subject.deadlineMs);
      assert.ok(subject.logs.length >= 1 && subject.logs.length <= 2, subject.logs.join('\n'));
      assert.ok((statuses()[0] as Status) < 0);
      subject.comeBack();
      await subject.pass(10 * MINUTE_MS);
      ask(subject.payloads.good);
      await subject.pass(0);
      subject.answer();
      await subject.pass(0);
      assert.equal(statuses()[1], STATUS.ok);
    }),
  );

  test(
    'cancels what a module that failed has asked, and no other',
    withSubject(async (subject) => {
      const { ask, answers } = requester(subject);
      await subject.pass(0);
      ask(subject.payloads.good, 'failing');
      ask(subject.payloads.good, 'well');
      subject.driver.moduleDown('failing');
      for (let turn = 0; turn < 4; turn++) {
        subject.answer();
        await subject.pass(0);
      }
      assert.deepEqual(answers, [{ module: 'well', status: STATUS.ok }]);
    }),
  );

  test(
    'closes once, whoever asks how often, ends what waits, and leaves nothing behind',
    withSubject(async (subject) => {
      const { ask, statuses } = requester(subject);
      await subject.pass(0);
      for (let count = 0; count < 5; count++) ask(subject.payloads.good);
      const closing = [subject.driver.close(), subject.driver.close()];
      await subject.pass(10 * subject.deadlineMs);
      await Promise.all(closing);
      assert.equal(statuses().length, 5);
      assert.ok(statuses().every((status) => status < 0));
      assert.equal(subject.open, 0);
    }),
  );

  test(
    'tells its state as plain JSON',
    withSubject(async (subject) => {
      const { ask } = requester(subject);
      await subject.pass(0);
      ask(subject.payloads.good);
      await subject.pass(subject.deadlineMs);
      const status = subject.driver.status();
      assert.deepEqual(JSON.parse(JSON.stringify(status)), status);
      assert.ok(Object.keys(status).length > 0);
    }),
  );

  test.run();
}
