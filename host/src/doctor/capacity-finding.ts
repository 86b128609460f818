import { tryMemories } from '../board/memory-reservation.ts';
import { readStartFacts, TRAP_HANDLER_OFF } from '../board/trap-handler.ts';
import { MODULE_LIMITS } from '../limits.ts';
import { MODULES_MAX } from '../manifest/manifest-shape.ts';
import { countText, type Finding, sizeText } from './finding.ts';
import { availableBytes } from './machine-finding.ts';
import type { ModuleCost } from './measure-module.ts';

/** Of the memory that is available, so much is for modules: the rest is for queues, devices and the uplink. */
const SHARE_FOR_MODULES = 0.75;

/** What decides how many modules fit. */
export interface CapacityFacts {
  readonly byDeployment: number;
  /** No further than a deployment may have. */
  readonly byAddresses: number;
  /** Undefined when it is not known what a module takes. */
  readonly byMemory: number | undefined;
  readonly cost: ModuleCost;
}

/** Measures how many modules fit on this machine. */
export async function capacityFinding(measure: () => Promise<ModuleCost>): Promise<Finding> {
  const byAddresses = memoriesByAddresses();
  try {
    const cost = await measure();
    const byMemory =
      cost.bytes === undefined ? undefined : Math.floor((availableBytes() * SHARE_FOR_MODULES) / cost.bytes);
    return describeCapacity({ byDeployment: MODULES_MAX, byAddresses, byMemory, cost });
  } catch (error) {
    const text = `small modules could not be started to measure them: ${(error as Error).message}`;
    return { name: 'modules', state: 'error', text, facts: { byAddresses } };
  }
}

/**
 * Memories for which there are addresses. Tried out where they could be too few; where there are plenty it is not, because an
 * emulator of another processor keeps books of every page that is only set aside.
 */
function memoriesByAddresses(): number {
  const { space, reservationBytes } = readStartFacts();
  const isPlenty = space.bytes / Math.max(1, reservationBytes()) >= MODULES_MAX;
  const isCostly = reservationBytes() * MODULES_MAX > availableBytes();
  return isPlenty && isCostly ? MODULES_MAX : tryMemories(MODULES_MAX, MODULE_LIMITS.memoryBytes.default);
}

/** Says how many modules fit, and what is the reason that there are not more. */
export function describeCapacity({ byDeployment, byAddresses, byMemory, cost }: CapacityFacts): Finding {
  const fit = Math.min(byDeployment, byAddresses, byMemory ?? byDeployment);
  const takes = cost.bytes === undefined ? 'an unknown size' : sizeText(cost.bytes);
  // On a busy machine the difference of two starts can come out as nothing.
  const starts = cost.startMs < 0.01 ? 'no time that could be measured' : `${cost.startMs.toFixed(2)} ms`;
  const each = `a small module takes ${takes} and ${starts} to start`;
  const room = `addresses for ${countText(byAddresses)}${byAddresses < byDeployment ? '' : ' and more'}, memory for ${byMemory === undefined ? 'an unknown number' : countText(byMemory)}`;
  const facts = {
    ...{ fit, byDeployment, byAddresses, ...(byMemory === undefined ? {} : { byMemory }) },
    ...(cost.bytes === undefined ? {} : { bytesPerModule: Math.round(cost.bytes) }),
    startMsPerModule: Number(cost.startMs.toFixed(3)),
  };
  const name = 'modules';
  if (fit === byDeployment)
    return {
      name,
      state: 'ok',
      text: `${countText(fit)} fit, the most that a deployment may have: ${room}; ${each}`,
      facts,
    };
  if (fit === byAddresses)
    return {
      name,
      state: 'warning',
      text: `${countText(fit)} fit: the addresses of the process allow no more; start Node with ${TRAP_HANDLER_OFF}, or raise ulimit -v`,
      facts,
    };
  const text = `${countText(fit)} fit: memory allows no more; ${each}`;
  return { name, state: fit < 1 ? 'error' : 'ok', text, facts };
}
