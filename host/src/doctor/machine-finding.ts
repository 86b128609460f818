import { availableParallelism, freemem, totalmem } from 'node:os';
import { type Finding, sizeText } from './finding.ts';

/** Less than this is too little for the host alone. */
const LEAST_BYTES = 134_217_728;

/** Bytes that this process may still take: as the control group or the system says. */
export function availableBytes(): number {
  const available = (process as { availableMemory?: () => number }).availableMemory?.();
  return available === undefined || available <= 0 ? freemem() : available;
}

/** Kind of machine, its processors and its memory. */
export function machineFinding(): Finding {
  const [processors, total, available] = [availableParallelism(), totalmem(), availableBytes()];
  const kind = `${process.platform} ${process.arch}`;
  const cores = `${processors} processor${processors === 1 ? '' : 's'}`;
  const isTight = available < LEAST_BYTES;
  return {
    name: 'machine',
    state: isTight ? 'warning' : 'ok',
    text:
      `${kind}, ${cores}, ${sizeText(total)} of memory, ${sizeText(available)} available` +
      (isTight ? `; the host alone takes about ${sizeText(LEAST_BYTES)}` : ''),
    facts: {
      platform: process.platform,
      architecture: process.arch,
      processors,
      totalMemoryBytes: total,
      availableMemoryBytes: available,
    },
  };
}
