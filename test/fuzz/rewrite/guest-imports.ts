import type { ImportFact, ModuleFacts, ValueType } from '../../../host/src/sandbox/index.ts';
import { body, functionType, moduleOf, nameOf, section, TYPE_BYTES, vec } from '../../unit/host/sandbox/build-wasm.ts';

/** Takes a v128, which JavaScript cannot, and hands it on as two i64. */
const V128_ADAPTER = new WebAssembly.Module(
  moduleOf(
    section(
      1,
      vec(functionType([TYPE_BYTES.i64, TYPE_BYTES.i64], []), functionType([TYPE_BYTES.v128], [])),
    ) as readonly number[],
    section(2, vec([...nameOf('m'), ...nameOf('log'), 0, 0])),
    section(3, vec([1])),
    section(7, vec([...nameOf('log'), 0, 1])),
    section(10, vec(body(0x20, 0, 0xfd, 0x1d, 0, 0x20, 0, 0xfd, 0x1d, 1, 0x10, 0))),
  ) as Uint8Array<ArrayBuffer>,
);

const PAGES_MAX = 65_536;

/** Values as they are logged: every NaN is the same, references are there or not. */
export function describe(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  return value === null || value === undefined ? 'null' : 'reference';
}

/** Everything that a module imports; calls of functions go to `log`, and what they return depends on nothing but what was logged. */
export function guestImports(facts: ModuleFacts, log: (line: string) => void): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  let calls = 0;
  for (const fact of facts.imports) {
    const next = (name: string, args: readonly unknown[]): number => {
      log(`${name}(${args.map(describe).join()})`);
      return calls++;
    };
    imports[fact.module] = { ...imports[fact.module], [fact.name]: importOf(fact, next) };
  }
  return imports;
}

type Log = (name: string, args: readonly unknown[]) => number;

function importOf(fact: ImportFact, log: Log): WebAssembly.ImportValue {
  switch (fact.kind) {
    case 'function':
      return functionOf(fact.name, fact.type, log);
    case 'memory':
      return new WebAssembly.Memory({ initial: fact.type.initial, maximum: fact.type.maximum ?? PAGES_MAX });
    case 'table':
      return new WebAssembly.Table({
        element: fact.type.element === 'funcref' ? 'anyfunc' : 'externref',
        initial: fact.type.initial,
        ...(fact.type.maximum === undefined ? {} : { maximum: fact.type.maximum }),
      });
    case 'global': {
      const { value, mutable } = fact.type;
      const type = (value === 'funcref' ? 'anyfunc' : value) as 'i32';
      // A global of type v128 can only be made with its default.
      return value === 'v128' || value === 'funcref'
        ? new WebAssembly.Global({ value: type, mutable })
        : new WebAssembly.Global({ value: type, mutable }, sampleOf(value, 3) as never);
    }
    default:
      return fact satisfies never;
  }
}

function functionOf(
  name: string,
  { params, results }: { params: readonly ValueType[]; results: readonly ValueType[] },
  log: Log,
): WebAssembly.ImportValue {
  if (params.length === 1 && params[0] === 'v128') {
    const { exports } = new WebAssembly.Instance(V128_ADAPTER, {
      m: { log: (low: bigint, high: bigint) => void log(name, [low, high]) },
    });
    return exports['log'] as WebAssembly.ImportValue;
  }
  return (...args: unknown[]) => {
    const call = log(name, args);
    const values = results.map((type, index) => sampleOf(type, call + index));
    return values.length > 1 ? values : values[0];
  };
}

/** Small numbers mostly, and NaN now and then. */
function sampleOf(type: ValueType, call: number): unknown {
  switch (type) {
    case 'i32':
      return (call * 7) % 23;
    case 'i64':
      return BigInt((call * 5) % 19) - 4n;
    case 'f32':
    case 'f64':
      return call % 3 === 0 ? Number.NaN : call / 4;
    case 'externref':
      return call % 2 === 0 ? null : 'text';
    default:
      return null;
  }
}
