export type { ImportCost, ImportCosts } from './import-costs.ts';
export { customSection, inspectModule } from './inspect-module.ts';
export type {
  AcceptedFeature,
  CustomSection,
  DefinedMemory,
  DefinedTable,
  ExportFact,
  ExternalType,
  FunctionType,
  GlobalType,
  ImportFact,
  LargestFunction,
  MemoryType,
  ModuleFacts,
  TableType,
} from './module-facts.ts';
export { decodeModuleManifest, type ModuleManifest } from './module-manifest.ts';
export { type OffsetMap, originalOffset } from './offset-map.ts';
export { type PreparedModule, prepareModule, type SandboxLimits } from './prepare-module.ts';
export type { Meter } from './rewrite-module.ts';
export type { ReferenceType, ValueType } from './value-type.ts';
export type { RefusedFeature } from './wasm-error.ts';
