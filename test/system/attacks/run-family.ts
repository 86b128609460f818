import { suite } from '../../lib/suite.ts';
import { Arena } from './arena.ts';
import type { Attack, FailsToStart, Refused, Runs } from './attack.ts';
import { judgeRefused, loadAttacks } from './judge-refused.ts';
import { judgeReports, judgeRunning, judgeStart } from './judge-running.ts';

type With<Expected> = Attack & { readonly expected: Expected };
const FAMILY_DEADLINE_MS = 120_000;

/**
 * Registers a test for each attack of a family. Those that run are in one gateway, one after the other, with a neighbour that
 * handles a thousand messages a second all the time.
 */
export function testFamily(name: string, attacks: readonly Attack[]): void {
  const test = suite(`attacks: ${name}`, { timeoutMs: FAMILY_DEADLINE_MS });
  const refused = attacks.filter(({ expected }) => expected.kind === 'refused') as With<Refused>[];
  const running = attacks.filter(({ expected }) => expected.kind !== 'refused');
  let arena: Arena | undefined;
  let loading: ReturnType<typeof loadAttacks> | undefined;

  test.before(async () => {
    if (running.length > 0) arena = await Arena.open(running);
  });
  test.after(async () => {
    await arena?.close();
  });

  for (const attack of refused)
    test(`${attack.name} is refused`, async () => {
      // Desired properties can keep the whole file from being read.
      if (attack.desired === undefined) loading ??= loadAttacks(refused.filter(({ desired }) => desired === undefined));
      judgeRefused(attack, await (attack.desired === undefined ? loading! : loadAttacks([attack])));
    });
  for (const attack of running) {
    const { kind, code } = { code: '', ...attack.expected };
    if (kind === 'fails-to-start')
      test(`${attack.name} fails with ${code}`, () => judgeStart(arena as Arena, attack as With<FailsToStart>));
    else test(`${attack.name} is contained`, () => judgeRunning(arena as Arena, attack as With<Runs>));
  }
  for (const attack of running.filter(({ expected }) => expected.kind === 'runs'))
    test(`${attack.name} is known to the operator`, () => judgeReports(arena as Arena, attack as With<Runs>));
  test.run();
}
