import { decodeModule } from '../../../host/src/sandbox/decode-module.ts';
import { leb, nameOf } from '../../unit/host/sandbox/build-wasm.ts';
import { replaceSection } from './replace-section.ts';

/** What the names of exports start with that are only there to look at the state of a module. */
export const STATE_PREFIX = 'state ';

/** A copy of a valid module that also exports its memory, tables and globals, so that nothing it does stays hidden. */
export function exposeState(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { memories, tables, globals, exports } = decodeModule(bytes);
  const entries = [
    ...tables.map((_, index) => [...nameOf(`${STATE_PREFIX}table ${index}`), 1, ...leb(index)]),
    ...memories.map((_, index) => [...nameOf(`${STATE_PREFIX}memory`), 2, ...leb(index)]),
    ...globals.map((_, index) => [...nameOf(`${STATE_PREFIX}global ${index}`), 3, ...leb(index)]),
  ];
  return replaceSection(bytes, 7, (content) => {
    const given = content?.subarray(leb(exports.length).length) ?? [];
    return [...leb(exports.length + entries.length), ...given, ...entries.flat()];
  });
}
