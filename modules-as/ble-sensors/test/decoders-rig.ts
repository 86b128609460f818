import { fileURLToPath } from 'node:url';
import { ModuleUnderTest } from '../../../sdk/test/lib/module-under-test.ts';
import { type AssemblyTarget, compileAssembly } from '../../../tools/src/module-build/index.ts';
import type { Json } from '../../test-lib/module-rig.ts';

const ENTRY = fileURLToPath(new URL('./assembly/decoders.ts', import.meta.url));
const ROOM_BYTES = 512;

/** In the order of `BtHomeOutcome`. */
const OUTCOMES = ['decoded', 'malformed', 'encrypted', 'partly', 'replayed'] as const;

interface Exports {
  textAt(): number;
  textBytes(): number;
  ruuvi(at: number, bytes: number): number;
  bthome(at: number, bytes: number): number;
  environment(uuid: number, at: number, bytes: number): number;
  useKey(at: number): void;
  bthomeWithKey(at: number, bytes: number): number;
  encryptBlock(at: number): void;
  decrypt(at: number, bytes: number): number;
}

/** The decoders without the module around them: what they refuse is undefined. */
export class Decoders {
  readonly #module: ModuleUnderTest;
  readonly #exports: Exports;
  readonly #at: number;

  private constructor(module: ModuleUnderTest) {
    this.#module = module;
    this.#exports = module.exports as unknown as Exports;
    this.#at = module.exports.gatehouse_alloc(ROOM_BYTES);
  }

  static async open(target: AssemblyTarget): Promise<Decoders> {
    return new Decoders(ModuleUnderTest.open(await compileAssembly(ENTRY, { target })));
  }

  ruuvi(data: Uint8Array): Json | undefined {
    return this.#exports.ruuvi(this.#put(data), data.byteLength) === 0 ? undefined : this.#json();
  }

  environment(uuid: number, data: Uint8Array): Json | undefined {
    return this.#exports.environment(uuid, this.#put(data), data.byteLength) === 0 ? undefined : this.#json();
  }

  bthome(data: Uint8Array): { outcome: (typeof OUTCOMES)[number]; values: Json } {
    const outcome = OUTCOMES[this.#exports.bthome(this.#put(data), data.byteLength)]!;
    return { outcome, values: this.#json() };
  }

  useKey(key: Uint8Array, address: Uint8Array): void {
    this.#exports.useKey(this.#put(Buffer.concat([key, address])));
  }

  bthomeWithKey(data: Uint8Array): { outcome: (typeof OUTCOMES)[number]; values: Json } {
    const outcome = OUTCOMES[this.#exports.bthomeWithKey(this.#put(data), data.byteLength)]!;
    return { outcome, values: this.#json() };
  }

  encryptBlock(key: Uint8Array, block: Uint8Array): Buffer {
    const at = this.#put(Buffer.concat([key, block]));
    this.#exports.encryptBlock(at);
    return Buffer.from(this.#module.exports.memory.buffer.slice(at + 16, at + 32));
  }

  decrypt(key: Uint8Array, nonce: Uint8Array, encrypted: Uint8Array, tag: Uint8Array): Buffer | undefined {
    const at = this.#put(Buffer.concat([key, nonce, encrypted, tag]));
    if (this.#exports.decrypt(at, encrypted.byteLength) === 0) return undefined;
    return Buffer.from(this.#module.exports.memory.buffer.slice(at + 29, at + 29 + encrypted.byteLength));
  }

  get memoryBytes(): number {
    return this.#module.memoryBytes;
  }

  /** Bytes behind the data are set, so that one that is read too far shows. */
  #put(data: Uint8Array): number {
    const room = Buffer.from(this.#module.exports.memory.buffer, this.#at, ROOM_BYTES);
    room.fill(0xa5);
    room.set(data);
    return this.#at;
  }

  #json(): Json {
    const at = this.#exports.textAt();
    return JSON.parse(
      Buffer.from(this.#module.exports.memory.buffer, at, this.#exports.textBytes()).toString(),
    ) as Json;
  }
}
