export { ModuleTrace, type TraceSource } from './module-trace.ts';
