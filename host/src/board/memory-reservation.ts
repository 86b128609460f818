import { readFileSync } from 'node:fs';

const PAGE_BYTES = 65_536;

/**
 * Bytes of addresses that the engine takes for one memory of one page: about 10 GB where it relies on a handler of traps
 * instead of checking bounds. Undefined where the system does not say how large a process is.
 */
export function measureReservationBytes(): number | undefined {
  const before = addressesInUse();
  if (before === undefined) return undefined;
  const memory = createMemory();
  const after = addressesInUse();
  // The memory must live until here, so that it is counted.
  return memory === undefined || after === undefined ? undefined : Math.max(memory.buffer.byteLength, after - before);
}

/** How many memories of a module with a maximum of `maximumBytes` the process can have at once, tried out up to `most`. */
export function tryMemories(most: number, maximumBytes: number): number {
  const memories: WebAssembly.Memory[] = [];
  const pages = Math.max(1, Math.floor(maximumBytes / PAGE_BYTES));
  for (let memory = createMemory(pages); memory !== undefined; memory = createMemory(pages)) {
    memories.push(memory);
    if (memories.length >= most) break;
  }
  return memories.length;
}

function createMemory(maximum = 1): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum });
  } catch {
    return undefined;
  }
}

function addressesInUse(): number | undefined {
  try {
    const kilobytes = /^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
