import { readFileSync, writeFileSync } from 'node:fs';
import { type LoadResult, loadDeployment } from '../../../host/src/check/index.ts';
import { writeDeployment } from '../../lib/deployment.ts';
import { assert } from '../../lib/suite.ts';
import type { Attack, Refused } from './attack.ts';
import { ATTACKED_GATEWAY, attackModules, attackRoutes } from './attack-module.ts';

/** Stands in the deployment where the text of desired properties goes, which may be no JSON at all. */
const PLACEHOLDER = '"desired properties as they are"';

/** Loads a deployment of attacks. Of those with desired properties of their own there may be only one. */
export async function loadAttacks(attacks: readonly Attack[]): Promise<LoadResult> {
  const modules = attackModules(attacks);
  const desired = attacks.find((attack) => attack.desired !== undefined);
  if (desired !== undefined)
    modules[desired.name] = { ...modules[desired.name], desired: JSON.parse(`{"it":${PLACEHOLDER}}`) };
  const files = writeDeployment({ modules, routes: attackRoutes(attacks), gateway: ATTACKED_GATEWAY });
  try {
    if (desired !== undefined) {
      const text = JSON.stringify(JSON.parse(readFileSync(files.deployment, 'utf8')));
      writeFileSync(
        files.deployment,
        text.replace(`{"it":${PLACEHOLDER}}`, () => desired.desired as string),
      );
    }
    return await loadDeployment(files.deployment, files.gateway);
  } finally {
    files.remove();
  }
}

/** Fails unless the attack is refused at one place, for one reason, and does not run. */
export function judgeRefused(
  { name, desired, expected }: Attack & { readonly expected: Refused },
  result: LoadResult,
): void {
  const { loaded, problems } = result;
  const errors = problems.filter(
    (problem) => problem.severity === 'error' && (desired !== undefined || problem.module === name),
  );
  assert.equal(errors.length, 1, JSON.stringify(errors));
  const { code, path, message } = errors[0]!;
  assert.equal(code, expected.code, message);
  assert.ok(path.endsWith(expected.at), `at ${path}`);
  assert.ok(message.includes(expected.says), message);
  assert.ok(!loaded?.modules.some(({ spec }) => spec.id === name), 'it is not loaded');
}
