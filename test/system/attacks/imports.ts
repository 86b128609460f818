import { guestWat } from '../../lib/wat.ts';
import type { Attack, Refused } from './attack.ts';
import { attackWat } from './attack-wat.ts';
import { IN_VAIN, OUT_OF_FUEL } from './outcomes.ts';

const importing = (
  name: string,
  tries: string,
  imports: string,
  code: Refused['code'],
  says: string,
  at = 'image',
): Attack => ({
  name: `import-${name}`,
  tries,
  module: guestWat({ imports, handle: '(i32.const 0)' }),
  expected: { kind: 'refused', code, at, says },
});

/** Imports that a module is not to have. */
export const IMPORT_ATTACKS: readonly Attack[] = [
  importing(
    'kv-ungranted',
    'Imports state, which it is not granted.',
    '(import "kv" "get" (func (param i32 i32 i32 i32) (result i32)))',
    'IMPORT_NOT_GRANTED',
    'the module imports "kv.get" without the grant "kv"',
    'grants',
  ),
  importing(
    'device-ungranted',
    'Imports devices, which it is not granted.',
    '(import "modbus" "request" (func (param i32 i32) (result i32)))',
    'IMPORT_NOT_GRANTED',
    'the module imports "modbus.request" without the grant "modbus"',
    'grants',
  ),
  importing(
    'wider-type',
    'Imports a function with 64-bit parameters, so that the host would compute with other numbers.',
    '(import "log" "write" (func (param i64 i64 i64) (result i32)))',
    'ABI_IMPORT',
    '"log.write" with type (i64, i64, i64) -> i32',
  ),
  importing(
    'more-results',
    'Imports a function with two results, which the host would have to iterate.',
    '(import "timer" "clear" (func (param i32) (result i32 i32)))',
    'ABI_IMPORT',
    '"timer.clear" with type (i32) -> (i32, i32)',
  ),
  importing(
    'reference',
    'Imports a function that takes a reference to an object of the host.',
    '(import "timer" "clear" (func (param externref) (result i32)))',
    'ABI_IMPORT',
    '"timer.clear" with type (externref) -> i32',
  ),
  importing(
    'constructor',
    'Imports what every object has by inheritance.',
    '(import "message" "constructor" (func (param i32) (result i32)))',
    'ABI_IMPORT',
    '"message.constructor", which the ABI does not have',
  ),
  importing(
    'proto',
    'Imports from the prototype of the object of imports.',
    '(import "__proto__" "toString" (func (result i32)))',
    'ABI_IMPORT',
    '"__proto__.toString", which the ABI does not have',
  ),
  importing(
    'wasi',
    'Imports files.',
    '(import "wasi_snapshot_preview1" "path_open" (func (param i32) (result i32)))',
    'ABI_IMPORT',
    'a module has no system interface',
  ),
  importing(
    'environment',
    'Imports the memory of whoever provides one.',
    '(import "env" "memory" (global i32))',
    'ABI_IMPORT',
    'only functions can be imported',
  ),
  importing(
    'table',
    'Imports a table, to call what others put there.',
    '(import "env" "table" (table 1 funcref))',
    'ABI_IMPORT',
    'only functions can be imported',
  ),
  importing(
    'global',
    'Imports a global that the host could change while it runs.',
    '(import "message" "emit" (global (mut i32)))',
    'ABI_IMPORT',
    'only functions can be imported',
  ),
  importing(
    'control-characters',
    'Imports a name that would clear the terminal of whoever reads the problem.',
    '(import "\\1b[2J" "\\0d\\0aok" (func (result i32)))',
    'ABI_IMPORT',
    'which the ABI does not have',
  ),
  {
    name: 'import-twice',
    tries: 'Imports the same function a thousand times, so that each import has a thunk.',
    module: attackWat({
      attack: '',
      functions: '',
    }).replace(
      '(memory (export',
      `${'(import "timer" "clear" (func (param i32) (result i32)))'.repeat(1_000)} (memory (export`,
    ),
    expected: IN_VAIN,
  },
  {
    name: 'import-as-export',
    tries: 'Exports an import of the host as its own entry point, so that the host calls itself.',
    module: guestWat({
      imports: '(import "timer" "set" (func $set (param i32 i32 i32) (result i32)))',
      functions: '(export "_initialize" (func $set))',
      handle: '(i32.const 0)',
    }),
    expected: {
      kind: 'refused',
      code: 'ABI_EXPORT',
      at: 'image',
      says: 'must export "_initialize" of type () -> (), got (i32, i32, i32) -> i32',
    },
  },
  {
    name: 'import-as-handler',
    tries: 'Exports the import message.input as gatehouse_handle, whose type it has.',
    module: guestWat({
      imports: '(import "message" "input" (func $input (param i32 i32) (result i32)))',
      functions: '(export "gatehouse_handle" (func $input))',
      handle: '(i32.const 0)',
    }).replace('(func (export "gatehouse_handle")', '(func (export "other")'),
    // The import answers `invalid` to every frame, and so every event is refused.
    expected: {
      kind: 'runs',
      answer: 500,
      counters: { refused: 3, invalid: 3 },
      reports: ['MODULE_REFUSED', 'GUEST_ARGUMENT'],
    },
  },
  {
    name: 'import-in-table',
    tries: 'Puts imports into a table and calls them through it, past any check at the call.',
    module: attackWat({
      imports: ['timer.clear', 'log.write'],
      functions: `(type $clear (func (param i32) (result i32)))
        (table 2 funcref) (elem (i32.const 0) $timer.clear $log.write)`,
      attack: '(loop $l (drop (call_indirect (type $clear) (i32.const 0) (i32.const 0))) (br $l))',
    }),
    expected: OUT_OF_FUEL,
  },
];
