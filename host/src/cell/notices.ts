import { type CellNotice, TO_HOST } from '../bridge/frames.ts';
import type { SharedRing } from '../bridge/shared-ring.ts';
import type { Failure } from './failure.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { OutputPort } from './output-port.ts';

const encoder = new TextEncoder();
/** Room in the ring that log lines leave to notices, so that no module can talk until states are not heard. */
const HEADROOM_BYTES = 32_768;

/** Tells the host about modules. A notice that finds no room is kept and sent in a later turn: states must not be lost. */
export class Notices {
  readonly #ring: SharedRing;
  readonly #effects: SharedRing;
  readonly #wakeHost: () => void;
  readonly #unsent: { slot: number; payload: Uint8Array }[] = [];

  /** @param effects the ring of effects, whose position each notice carries */
  constructor(ring: SharedRing, effects: SharedRing, wakeHost: () => void) {
    this.#ring = ring;
    this.#effects = effects;
    this.#wakeHost = wakeHost;
  }

  state(
    slot: ModuleSlot,
    failure: (Pick<Failure, 'code' | 'text' | 'frames'> & { readonly retryInMs?: number }) | undefined,
  ): void {
    const { status: state, instances: instance, failures: restarts } = slot;
    const { code, text, frames, retryInMs } = failure ?? {};
    this.#send(slot, {
      kind: 'state',
      state,
      instance,
      restarts,
      ...(code === undefined ? {} : { code }),
      ...(text === undefined ? {} : { text }),
      ...(frames === undefined ? {} : { frames }),
      ...(retryInMs === undefined ? {} : { retryInMs }),
    });
  }

  output(slot: ModuleSlot, port: OutputPort): void {
    this.#send(slot, { kind: 'output', output: port.id, name: port.name });
  }

  event(slot: ModuleSlot, code: string, text: string, count = 1): void {
    this.#send(slot, { kind: 'event', code, text, ...(count === 1 ? {} : { count }) });
  }

  /** Hands a log line over; false when the host has not listened for so long that there is no room. */
  log(slot: ModuleSlot, level: number, text: Uint8Array): boolean {
    if (!this.#ring.hasRoomFor(text.byteLength + HEADROOM_BYTES)) return false;
    this.#ring.write(TO_HOST.log, slot.index, level, 0, this.#effects.writtenTo, text);
    this.#ring.commit();
    this.#wakeHost();
    return true;
  }

  /** Whether the host does not know yet of something that it was to be told. */
  get isBehind(): boolean {
    return this.#unsent.length > 0;
  }

  /** Sends what found no room before; false when there is still none for some of it. */
  retry(): boolean {
    while (this.#unsent.length > 0) {
      const { slot, payload } = this.#unsent[0] as { slot: number; payload: Uint8Array };
      if (!this.#write(slot, payload)) return false;
      this.#unsent.shift();
    }
    return true;
  }

  #send(slot: ModuleSlot, notice: CellNotice): void {
    const payload = encoder.encode(JSON.stringify(notice));
    if (this.#unsent.length > 0 || !this.#write(slot.index, payload)) this.#unsent.push({ slot: slot.index, payload });
  }

  #write(slot: number, payload: Uint8Array): boolean {
    const isWritten = this.#ring.write(TO_HOST.notice, slot, 0, 0, this.#effects.writtenTo, payload);
    if (isWritten) this.#ring.commit();
    this.#wakeHost();
    return isWritten;
  }
}
