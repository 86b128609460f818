import { readAddressSpace } from '../board/address-space.ts';
import { measureReservationBytes } from '../board/memory-reservation.ts';
import { isGuarded, isTrapHandlerOffByOption, TRAP_HANDLER_OFF } from '../board/trap-handler.ts';
import { type Finding, sizeText } from './finding.ts';

/** How this process came to be: begun by its caller, or anew in the place of that. */
export type Begun = 'no' | 'replaced' | 'child';

/** How many addresses the process has. */
export function addressFinding(): Finding {
  const { bits, bytes, limitBytes } = readAddressSpace();
  const limit = limitBytes === undefined ? '' : `, limited to ${sizeText(limitBytes)} by ulimit -v`;
  return {
    name: 'addresses',
    state: 'ok',
    text: `${bits} bits, ${sizeText(2 ** bits)}${limit}`,
    facts: { bits, bytes, ...(limitBytes === undefined ? {} : { limitBytes }) },
  };
}

/** Whether the engine relies on a handler of traps, which takes gigabytes of addresses for each memory. */
export function trapHandlerFinding(begun: Begun): Finding {
  const measured = measureReservationBytes();
  const isOff =
    measured === undefined
      ? isTrapHandlerOffByOption(process.execArgv, process.env['NODE_OPTIONS'])
      : !isGuarded(measured);
  const takes =
    measured === undefined
      ? 'not measured on this system'
      : `a memory of one page takes ${sizeText(measured)} of addresses`;
  const how = {
    no: '',
    replaced: `; the command began anew with ${TRAP_HANDLER_OFF}`,
    child: `; the command began a second process with ${TRAP_HANDLER_OFF}, and waits for it`,
  }[begun];
  return {
    name: 'trap handler',
    state: 'ok',
    text: `${isOff ? 'off' : 'on'}, ${takes}${how}`,
    facts: { on: !isOff, begun, ...(measured === undefined ? {} : { bytesPerMemory: measured }) },
  };
}
