export { type AscResult, runAsc } from './asc.ts';
export { type AssemblyTarget, CompilerError } from './assembly-compiler.ts';
export { type BuiltModule, buildModules, moduleNames } from './build-modules.ts';
export { type AssemblyOptions, compileAssembly, compileAssemblyFile } from './compile-assembly.ts';
export { appendCustomSection } from './custom-section.ts';
