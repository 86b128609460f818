import { tryMemories } from '../board/memory-reservation.ts';
import { TRAP_HANDLER_OFF } from '../board/trap-handler.ts';
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
  /** Tried out, no further than a deployment may have. */
  readonly byAddresses: number;
  readonly byMemory: number;
  readonly cost: ModuleCost;
}

/** Measures how many modules fit on this machine. */
export async function capacityFinding(measure: () => Promise<ModuleCost>): Promise<Finding> {
  const byAddresses = tryMemories(MODULES_MAX, MODULE_LIMITS.memoryBytes.default);
  try {
    const cost = await measure();
    const byMemory = Math.floor((availableBytes() * SHARE_FOR_MODULES) / Math.max(1, cost.bytes));
    return describeCapacity({ byDeployment: MODULES_MAX, byAddresses, byMemory, cost });
  } catch (error) {
    const text = `small modules could not be started to measure them: ${(error as Error).message}`;
    return { name: 'modules', state: 'error', text, facts: { byAddresses } };
  }
}

/** Says how many modules fit, and what is the reason that there are not more. */
export function describeCapacity({ byDeployment, byAddresses, byMemory, cost }: CapacityFacts): Finding {
  const fit = Math.min(byDeployment, byAddresses, byMemory);
  const each = `a small module takes ${sizeText(cost.bytes)} and ${cost.startMs.toFixed(2)} ms to start`;
  const room = `addresses for ${countText(byAddresses)}${byAddresses < byDeployment ? '' : ' and more'}, memory for ${countText(byMemory)}`;
  const facts = {
    ...{ fit, byDeployment, byAddresses, byMemory, bytesPerModule: Math.round(cost.bytes) },
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
