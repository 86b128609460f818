import { Host } from '../node_modules/@extism/as-pdk';

/** Returns its input, as a plugin does that is written with Extism's development kit for AssemblyScript. */
export function echo(): i32 {
  Host.output(Host.input());
  return 0;
}

/** What the compiler calls when an assertion fails. */
export function stop(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  unreachable();
}
