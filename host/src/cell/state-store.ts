import { STATUS, type Status } from '../abi/constants.ts';
import { ABI_LIMITS } from '../limits.ts';

/**
 * The `kv` state of one module [ABI-4.10]. Writes of the event at hand lie over the committed entries until `commit`.
 * Bounded by the grant, so it cannot grow the heap beyond it.
 */
export class StateStore {
  readonly grantBytes: number;
  readonly #entries = new Map<string, Uint8Array>();
  readonly #writes = new Map<string, Uint8Array | undefined>();
  #usedBytes = 0;
  #pendingBytes = 0;

  constructor(grantBytes: number) {
    this.grantBytes = grantBytes;
  }

  /** Bytes in use by committed entries, each with its overhead. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Keys that the event at hand changes. */
  get pendingWrites(): number {
    return this.#writes.size;
  }

  get(key: string): Uint8Array | undefined {
    return this.#writes.has(key) ? this.#writes.get(key) : this.#entries.get(key);
  }

  /** Keeps a copy of `value`. `keyBytes` is the size of the key in UTF-8. */
  set(key: string, keyBytes: number, value: Uint8Array): Status {
    const before = this.get(key);
    const added = before === undefined ? entryBytes(keyBytes, value) : value.byteLength - before.byteLength;
    if (this.#pendingBytes + added > this.grantBytes) return STATUS.limit;
    this.#writes.set(key, value.slice());
    this.#pendingBytes += added;
    return STATUS.ok;
  }

  remove(key: string, keyBytes: number): Status {
    const before = this.get(key);
    if (before === undefined) return STATUS.notFound;
    // What this event itself has made leaves no trace, so that the writes never outgrow the grant.
    if (this.#entries.has(key)) this.#writes.set(key, undefined);
    else this.#writes.delete(key);
    this.#pendingBytes -= entryBytes(keyBytes, before);
    return STATUS.ok;
  }

  commit(): void {
    if (this.#writes.size === 0) return;
    for (const [key, value] of this.#writes) {
      if (value === undefined) this.#entries.delete(key);
      else this.#entries.set(key, value);
    }
    this.#writes.clear();
    this.#usedBytes = this.#pendingBytes;
  }

  rollback(): void {
    if (this.#writes.size === 0) return;
    this.#writes.clear();
    this.#pendingBytes = this.#usedBytes;
  }
}

const entryBytes = (keyBytes: number, value: Uint8Array): number =>
  keyBytes + value.byteLength + ABI_LIMITS.stateEntryOverheadBytes;
