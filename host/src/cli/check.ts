import { formatProblems, loadDeployment } from '../check/index.ts';
import type { Command } from './options.ts';

/** `gatehouse-host check`: prints everything that is wrong. Returns 1 if something keeps a module from starting. */
export async function check({ deployment, gateway, json }: Command & { kind: 'check' }): Promise<number> {
  const { loaded, problems } = await loadDeployment(deployment, gateway);
  if (json) process.stdout.write(`${JSON.stringify(problems)}\n`);
  else process.stdout.write(formatProblems(problems, process.stdout, loaded === undefined));
  return problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}
