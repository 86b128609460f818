import { fileURLToPath } from 'node:url';
import { type AssemblyTarget, compileAssembly } from '../../../tools/src/module-build/index.ts';
import type { HostDouble } from './host-double.ts';
import { ModuleUnderTest } from './module-under-test.ts';

export const TARGETS: readonly AssemblyTarget[] = ['release', 'debug'];

/** A module of `sdk/test/assembly`, compiled both ways. */
export interface Fixture {
  wasm(target: AssemblyTarget): Uint8Array;
  open(target: AssemblyTarget, host?: HostDouble): ModuleUnderTest;
}

/** `options` are further ones of asc. */
export async function fixture(name: string, options: readonly string[] = []): Promise<Fixture> {
  const entry = fileURLToPath(new URL(`../assembly/${name}.ts`, import.meta.url));
  const compiled = await Promise.all(TARGETS.map((target) => compileAssembly(entry, { target, options })));
  const wasm = (target: AssemblyTarget): Uint8Array => compiled[TARGETS.indexOf(target)]!;
  return { wasm, open: (target, host) => ModuleUnderTest.open(wasm(target), host) };
}
