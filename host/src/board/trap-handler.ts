import { MODULES_MAX } from '../manifest/manifest-shape.ts';
import { type AddressSpace, readAddressSpace } from './address-space.ts';
import { measureReservationBytes } from './memory-reservation.ts';

/** The option of Node that makes the engine check bounds itself, so that a memory takes no more addresses than it has bytes. */
export const TRAP_HANDLER_OFF = '--disable-wasm-trap-handler';

/** What a memory takes of the address space where the engine relies on the handler of traps, and at least so much of it. */
const GUARDED_BYTES = 10_737_418_240;
const GUARDED_LEAST_BYTES = 2_147_483_648;
/** Only for these does the engine have such a handler. */
const WITH_HANDLER = new Set<string>(['x64', 'arm64', 'loong64', 'riscv64']);

/** What decides whether the process has to begin anew without the handler of traps. */
export interface StartFacts {
  readonly execArgv: readonly string[];
  readonly nodeOptions: string | undefined;
  /** Whether this Node has the option. */
  readonly hasOption: boolean;
  readonly space: AddressSpace;
  /** Bytes of addresses that a memory takes; looked at only where it matters. */
  readonly reservationBytes: () => number;
}

/** Whether memories of all modules that a deployment may have would not fit into the addresses of this process. */
export function needsTrapHandlerOff(facts: StartFacts): boolean {
  if (!facts.hasOption || isTrapHandlerOffByOption(facts.execArgv, facts.nodeOptions)) return false;
  return facts.space.bytes < MODULES_MAX * GUARDED_BYTES && isGuarded(facts.reservationBytes());
}

/** Whether a memory that takes so much of the address space is one of those that need the handler of traps. */
export const isGuarded = (reservationBytes: number): boolean => reservationBytes >= GUARDED_LEAST_BYTES;

/** Whether the command line of Node or `NODE_OPTIONS` has the option; Node takes `_` for `-`. */
export function isTrapHandlerOffByOption(execArgv: readonly string[], nodeOptions: string | undefined): boolean {
  const options = [...execArgv, ...(nodeOptions ?? '').split(/\s+/)];
  return options.some((option) => option.replaceAll('_', '-') === TRAP_HANDLER_OFF);
}

/** As this process is. */
export function readStartFacts(): StartFacts {
  const { execArgv, env, allowedNodeEnvironmentFlags, arch } = process;
  return {
    execArgv,
    nodeOptions: env['NODE_OPTIONS'],
    hasOption: allowedNodeEnvironmentFlags.has(TRAP_HANDLER_OFF),
    space: readAddressSpace(),
    reservationBytes: () => measureReservationBytes() ?? (WITH_HANDLER.has(arch) ? GUARDED_BYTES : 0),
  };
}
