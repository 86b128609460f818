import { STATUS } from '../abi/constants.ts';
import { ABI_LIMITS } from '../limits.ts';
import type { ModuleSlot } from './module-slot.ts';
import { OutputPort } from './output-port.ts';

/** All outputs of a cell; each is a source that receivers see as a number [ABI-4.4]. */
export class Outputs {
  readonly #sources: Uint8Array[] = [];
  readonly #onOpen: (slot: ModuleSlot, port: OutputPort) => void;

  /** @param onOpen told of each new output, before its id is given out */
  constructor(onOpen: (slot: ModuleSlot, port: OutputPort) => void) {
    this.#onOpen = onOpen;
  }

  /** The id of an output of that name, made on first use [ABI-4.2]; or a status. */
  open(slot: ModuleSlot, name: string): number {
    const known = slot.outputs.find((output) => output.name === name);
    if (known !== undefined) return known.id;
    if (slot.outputs.length >= ABI_LIMITS.outputs) return STATUS.limit;
    const sourceText = new TextEncoder().encode(`${slot.spec.deviceId}/${slot.id}/${name}`);
    const port = new OutputPort(slot.outputs.length, name, this.#sources.length, sourceText);
    this.#sources.push(sourceText);
    slot.outputs.push(port);
    this.#onOpen(slot, port);
    return port.id;
  }

  /** A source for messages that come from outside this cell. */
  addSource(text: Uint8Array): number {
    return this.#sources.push(text) - 1;
  }

  sourceText(source: number): Uint8Array | undefined {
    return this.#sources[source];
  }
}
