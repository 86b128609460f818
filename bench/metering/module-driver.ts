import { EVENT } from '../../host/src/abi/constants.ts';

const INBOX_BYTES = 8_192;
const EVENT_MS = 100;
const NOT_FOUND = -5;
const BEGAN = 1_700_000_000_000;

interface GuestExports {
  readonly memory: WebAssembly.Memory;
  gatehouse_alloc(bytes: number): number;
  gatehouse_handle(pointer: number, bytes: number): number;
}

/**
 * Feeds an instance with frames as a cell does: a copy in, a call, and what is emitted copied out; everything else that a module
 * imports does nothing. The clocks in the frames go on by 100 ms with each event [ABI-5.2].
 */
export class ModuleDriver {
  readonly imports: WebAssembly.Imports;
  /** Bytes of all bodies emitted so far. */
  emittedBytes = 0;
  #guest: GuestExports | undefined;
  #inbox = 0;
  #memory = new DataView(new ArrayBuffer(0));
  #events = 0;
  readonly #outgoing = new Uint8Array(65_536);

  constructor(wasm: Uint8Array) {
    this.imports = this.#createImports(new WebAssembly.Module(wasm));
  }

  attach({ exports }: WebAssembly.Instance): void {
    this.#guest = exports as unknown as GuestExports;
    this.#inbox = this.#guest.gatehouse_alloc(INBOX_BYTES);
    this.#refresh();
  }

  /** Delivers as many frames, in turn. Throws if the module does not take one. */
  deliver(frames: readonly Uint8Array[], count = frames.length): void {
    const guest = this.#guest as GuestExports;
    for (let index = 0; index < count; index++) {
      const frame = frames[index % frames.length] as Uint8Array;
      if (this.#memory.buffer !== guest.memory.buffer) this.#refresh();
      new Uint8Array(this.#memory.buffer, this.#inbox, frame.byteLength).set(frame);
      const elapsed = this.#events++ * EVENT_MS;
      this.#memory.setFloat64(this.#inbox + 8, BEGAN + elapsed, true);
      this.#memory.setFloat64(this.#inbox + 16, elapsed, true);
      if (frame[0] === EVENT.message) this.#memory.setFloat64(this.#inbox + 40, BEGAN + elapsed, true);
      if (guest.gatehouse_handle(this.#inbox, frame.byteLength) !== 0) throw new Error('the module refused an event');
    }
  }

  #refresh(): void {
    this.#memory = new DataView((this.#guest as GuestExports).memory.buffer);
  }

  #createImports(module: WebAssembly.Module): WebAssembly.Imports {
    const imports: WebAssembly.Imports = {};
    for (const { module: namespace, name } of WebAssembly.Module.imports(module)) {
      imports[namespace] ??= {};
      imports[namespace][name] = this.#createImport(`${namespace}.${name}`);
    }
    return imports;
  }

  #createImport(name: string): WebAssembly.ImportValue {
    if (name === 'kv.get') return () => NOT_FOUND;
    if (name === 'modbus.request') return () => 1;
    if (name !== 'message.emit') return () => 0;
    return (_output: number, _flags: number, _at: number, _bytes: number, body: number, bodyBytes: number): number => {
      if (this.#memory.buffer.byteLength === 0) this.#refresh();
      this.#outgoing.set(new Uint8Array(this.#memory.buffer, body, bodyBytes));
      this.emittedBytes += bodyBytes;
      return 0;
    };
  }
}
