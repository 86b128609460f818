import { HEALTHY, type MachineFault } from './pump-model.ts';

/** Every fault the simulator knows, with the sentence that `--help` shows. */
export const FAULTS = {
  none: 'nothing goes wrong',
  'gas-lock': 'gas fills the barrel: discharge pressure and motor current fall, intake pressure rises',
  'worn-valve': 'the travelling valve leaks more and more for 40 s: discharge pressure falls slowly',
  'sensor-stuck': 'the discharge pressure sensor keeps its last value; the pump itself is well',
  'comms-loss': 'requests are no longer answered, as behind a cut cable; connections stay open',
} as const satisfies Record<string, string>;

export type FaultName = keyof typeof FAULTS;

/** Which fault, when it begins and how long it stays, in seconds since the start. */
export interface FaultPlan {
  readonly fault: FaultName;
  readonly afterSeconds: number;
  /** Without it the fault stays. */
  readonly forSeconds?: number;
}

/** What is wrong at a given moment. */
export interface FaultEffect {
  readonly machine: MachineFault;
  readonly isSensorStuck: boolean;
  readonly isSilent: boolean;
}

const WEAR_SECONDS = 40;
const NOTHING: FaultEffect = { machine: HEALTHY, isSensorStuck: false, isSilent: false };

/** Whether the plan's fault is present `seconds` after the start. */
export function isFaultActive(plan: FaultPlan, seconds: number): boolean {
  if (plan.fault === 'none' || seconds < plan.afterSeconds) return false;
  return plan.forSeconds === undefined || seconds < plan.afterSeconds + plan.forSeconds;
}

/** What the plan does to machine, sensor and line `seconds` after the start. */
export function faultEffect(plan: FaultPlan, seconds: number): FaultEffect {
  if (!isFaultActive(plan, seconds)) return NOTHING;
  switch (plan.fault) {
    case 'gas-lock':
      return { ...NOTHING, machine: { gasLock: true, wear: 0 } };
    case 'worn-valve':
      return {
        ...NOTHING,
        machine: { gasLock: false, wear: Math.min(1, (seconds - plan.afterSeconds) / WEAR_SECONDS) },
      };
    case 'sensor-stuck':
      return { ...NOTHING, isSensorStuck: true };
    case 'comms-loss':
      return { ...NOTHING, isSilent: true };
    case 'none':
      return NOTHING;
    default:
      return plan.fault satisfies never;
  }
}
