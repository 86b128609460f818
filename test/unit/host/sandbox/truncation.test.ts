import { GatehouseError } from '../../../../host/src/errors.ts';
import { inspectModule, prepareModule } from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { openCoreSuite } from './core-suite.ts';

const test = suite('truncated modules', { timeoutMs: 60_000 });

const core = openCoreSuite();
const LIMITS = {
  moduleBytes: 2 ** 20,
  memoryBytes: 2 ** 24,
  tableEntries: 10_000,
  fuelPerCall: 1_000_000,
  stackBytes: 65_536,
};
const BYTES_MAX = 6_000;

/** The first module of these scripts: between them they have every section and every kind of immediate. */
const SOURCES = [
  'bulk',
  'table_copy',
  'memory_init',
  'ref_func',
  'call_indirect',
  'float_exprs',
  'simd_const',
  'simd_lane',
  'names',
];
const modules = SOURCES.map((source) => {
  const script = core.scripts.find((candidate) => candidate.source === `${source}.wast`);
  const command = script?.commands.find(({ type, module }) => type === 'module' && (module?.[1] ?? 0) < BYTES_MAX);
  assert.ok(command, source);
  return { source, bytes: core.moduleOf(command) };
});

test('are refused with WASM_MALFORMED at no byte past their end, or are whole modules themselves', () => {
  for (const { source, bytes } of modules) {
    for (let length = 0; length < bytes.byteLength; length++) {
      const place = `${source} cut at ${length}`;
      const prefix = bytes.slice(0, length);
      try {
        inspectModule(prefix);
      } catch (error) {
        assert.ok(error instanceof GatehouseError && error.code === 'WASM_MALFORMED', `${place}: ${error}`);
        assert.ok(Number(error.details['offset']) <= length, `${place}: ${error}`);
        assert.equal(WebAssembly.validate(prefix), false, place);
        continue;
      }
      assert.equal(WebAssembly.validate(prepareModule(prefix, LIMITS).bytes), true, place);
    }
  }
});

test.run();
