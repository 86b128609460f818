import { IMPORTS } from '../../../host/src/abi/imports.ts';
import { CompilerError } from './assembly-compiler.ts';

/** Why an import that AssemblyScript's standard library makes has no place in a module. */
const REASONS: Readonly<Record<string, string>> = {
  'env.seed': 'Math.random needs randomness, which a module does not have; seed a generator of your own',
  'env.trace': 'trace() has no host function; use log.debug',
  'env.Date.now': 'Date.now() has no host function; use clock.time',
  'env.abort': "abort is not replaced; compile with the SDK's asconfig.json",
};

/** Throws `CompilerError` with one sentence for each import that the ABI does not have: such a module would not install [ABI-1.5]. */
export function refuseIllegalImports(entry: string, wasm: Uint8Array): void {
  const illegal = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).filter(
    ({ module, name, kind }) => kind !== 'function' || IMPORTS[module]?.[name] === undefined,
  );
  if (illegal.length === 0) return;
  const lines = illegal.map(({ module, name }) => `  ${module}.${name}: ${reasonFor(module, name)}`);
  throw new CompilerError(`${entry} imports what the ABI does not have:\n${lines.join('\n')}`);
}

function reasonFor(module: string, name: string): string {
  if (name.startsWith('console.')) return 'console has no host function; use log';
  return REASONS[`${module}.${name}`] ?? 'no such function';
}
