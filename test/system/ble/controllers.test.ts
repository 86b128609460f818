import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { Btvirt } from '../../peers/btvirt.ts';
import { gattSession } from './gatt-session.ts';
import { Lab } from './lab.ts';

const test = suite('one session of noble and bleno on two kinds of controllers', {
  timeoutMs: 60_000,
  needs: [TOOLS.socat],
});
const CONTROLLERS = 3;

test('on our virtual air, which understands every command and packet and is left without a link', () =>
  Lab.run(CONTROLLERS, async (lab) => {
    await gattSession(lab);
    for (const { peers, counters } of lab.server.air.status()) {
      assert.deepEqual(peers, []);
      assert.deepEqual(
        [counters['unknownCommands'], counters['skippedBytes'], counters['refusedAclPackets']],
        [0, 0, 0],
      );
    }
  }));

test(
  "on btvirt of BlueZ, which is nobody's here",
  () => Lab.on((folder) => Btvirt.open(folder, CONTROLLERS), gattSession),
  {
    needs: [TOOLS.btvirt, TOOLS.cc],
  },
);

test.run();
