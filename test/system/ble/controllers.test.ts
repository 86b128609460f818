import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { Btvirt } from '../../peers/btvirt.ts';
import { driverSession } from './driver-session.ts';
import { gattSession } from './gatt-session.ts';
import { type Adapters, Lab } from './lab.ts';

const test = suite('one session on two kinds of controllers', {
  timeoutMs: 120_000,
  needs: [TOOLS.socat],
});
const CONTROLLERS = 3;
const NOTHING_REFUSED = { unknownCommands: 0, skippedBytes: 0, refusedAclPackets: 0 };

/** What the sessions are made by: noble alone, as a test uses it, and the driver of the host under a module. */
const SESSIONS: readonly (readonly [title: string, session: (lab: Lab<Adapters>) => Promise<void>])[] = [
  ['noble', gattSession],
  ['a whole gateway', driverSession],
];

for (const [title, session] of SESSIONS) {
  test(`${title} and bleno on our virtual air, which understands every command and packet and is left without a link`, () =>
    Lab.run(CONTROLLERS, async (lab) => {
      await session(lab);
      for (const { peers, counters } of lab.server.air.status()) {
        assert.deepEqual(peers, []);
        const { unknownCommands, skippedBytes, refusedAclPackets } = counters;
        assert.deepEqual({ unknownCommands, skippedBytes, refusedAclPackets }, NOTHING_REFUSED);
      }
    }));

  test(
    `${title} and bleno on btvirt of BlueZ, which is nobody's here`,
    () => Lab.on((folder) => Btvirt.open(folder, CONTROLLERS), session),
    { needs: [TOOLS.btvirt, TOOLS.cc] },
  );
}

test.run();
