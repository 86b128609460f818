import { until } from '../../test/lib/until.ts';
import type { LineProcess } from '../../test/system/ble/line-process.ts';
import { cpuSeconds } from '../lib/pump-host.ts';
import type { Central } from './centrals.ts';
import type { Task } from './leaf.ts';

/** What one phase came to. */
export interface Phase {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of one core, all threads of the central. */
  readonly cpuPercent: number;
  readonly cpuUs: number;
  readonly lost: number;
  readonly outOfOrder: number;
}

const DONE_MS = 30_000;
const ARRIVE_MS = 10_000;

/** Lets all leaves notify, and waits until the central has heard everything, or nothing more comes. */
export async function runPhase(leaves: readonly LineProcess[], central: Central, task: Task): Promise<Phase> {
  const used = cpuSeconds(central);
  for (const leaf of leaves) leaf.write(`${JSON.stringify(task)}\n`);
  const done = await Promise.all(leaves.map((leaf) => sentBy(leaf, task)));
  const sent = done.reduce((sum, count) => sum + count, 0);
  await until('all notifications', () => central.heard(task.phase)?.received === sent, ARRIVE_MS).catch(
    () => undefined,
  );
  const heard = central.heard(task.phase);
  if (heard === undefined) throw new Error(`none of ${sent} notifications was heard`);
  const cpu = cpuSeconds(central) - used;
  const { received, outOfOrder, ms, p50Ms, p99Ms } = heard;
  const seconds = ms / 1000;
  return {
    ...{ perSecond: received / seconds, p50Ms, p99Ms, outOfOrder, lost: sent - received },
    ...{ cpuPercent: (100 * cpu) / seconds, cpuUs: (1e6 * cpu) / received },
  };
}

async function sentBy(leaf: LineProcess, { phase }: Task): Promise<number> {
  const isDone = () => leaf.lines.find((line) => line.kind === 'done' && line['phase'] === phase);
  return (await until('the end of a phase', isDone, DONE_MS))['sent'] as number;
}
