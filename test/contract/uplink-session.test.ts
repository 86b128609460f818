import type { OpenSession } from '../../host/src/uplink/open-session.ts';
import { sessionOpener } from '../../host/src/uplink/open-session.ts';
import type { Session } from '../../host/src/uplink/session.ts';
import { assert, suite } from '../lib/suite.ts';
import { HubDouble } from '../system/uplink/hub-double.ts';
import { FakeHub } from '../unit/host/uplink/fake-hub.ts';
import { uplinkConfig } from '../unit/host/uplink/uplink-config.ts';

/** One implementation of sessions, with a hub behind it. */
interface Subject {
  readonly openSession: OpenSession;
  /** Ends every connection, as a hub that restarts. */
  drop(): void;
  close(): Promise<void>;
}

const SUBJECTS: Record<string, () => Promise<Subject>> = {
  'over MQTT': async () => {
    const hub = await HubDouble.open({ versions: [4, 5], userProperties: { 'gatehouse-identities': 'shared' } });
    const openSession = sessionOpener(uplinkConfig({ url: hub.url }));
    return { openSession, drop: () => hub.dropAll(), close: () => hub.close() };
  },
  'of the fake hub': async () => {
    const hub = new FakeHub();
    hub.answer = ({ version }) => FakeHub.greeting({ isShared: version === 5 });
    const drop = () => {
      for (const session of hub.open) session.drop();
    };
    return { openSession: hub.openSession, drop, close: async () => drop() };
  },
};

for (const [name, openSubject] of Object.entries(SUBJECTS)) {
  const test = suite(`uplink session ${name}`);

  const withSession = async (version: 4 | 5, body: (session: Session, subject: Subject) => Promise<void>) => {
    const subject = await openSubject();
    try {
      const request = { clientId: 'pump-7', version, keepAliveSeconds: 60 };
      const outcome = await subject.openSession(request, new AbortController().signal);
      assert.equal(outcome.kind, 'open');
      if (outcome.kind === 'open') await body(outcome.session, subject);
    } finally {
      await subject.close();
    }
  };
  const acknowledged = (session: Session, body: string) =>
    new Promise((resolve) => session.publish('devices/pump-7/messages/events/', Buffer.from(body), resolve));

  for (const version of [4, 5] as const) {
    test(`acknowledges messages of MQTT ${version}`, () =>
      withSession(version, async (session) => {
        assert.equal(session.greeting.isShared, version === 5);
        assert.deepEqual(await Promise.all([acknowledged(session, '1'), acknowledged(session, '2')]), [
          { kind: 'accepted' },
          { kind: 'accepted' },
        ]);
      }));
  }

  test('is closed without a cause when it is ended', () =>
    withSession(4, async (session) => {
      await acknowledged(session, '1');
      session.end();
      assert.equal(await session.closed, undefined);
    }));

  test('is closed with the cause it is destroyed with', () =>
    withSession(4, async (session) => {
      const cause = new Error('no acknowledgement');
      session.destroy(cause);
      session.destroy(new Error('too late'));
      assert.equal(await session.closed, cause);
    }));

  test('is closed with some cause when the hub is gone', () =>
    withSession(4, async (session, subject) => {
      subject.drop();
      assert.ok((await session.closed) instanceof Error);
    }));

  test('does not answer for a message any more once it is closed', () =>
    withSession(4, async (session) => {
      session.publish('t', Buffer.from('1'), () => assert.fail('closed'));
      session.destroy(new Error('gone'));
      await session.closed;
      await new Promise((resolve) => setImmediate(resolve));
    }));

  test.run();
}
