import { resolve } from 'node:path';
import { refine, type Shape, type TextOptions, text } from './index.ts';

/**
 * The path of a file or folder of this machine, which becomes absolute. What comes from elsewhere, as a deployment does, cannot
 * name one.
 *
 * @param what as in `expected the path of a certificate`
 */
export function localPath(what: string, options: TextOptions = {}): Shape<string> {
  return refine(text({ ...options, expected: `the path of ${what}` }), (path, node, place) =>
    place.folder === undefined
      ? place.refuse(
          node.offset,
          `the path of ${what} can only be in gateway.json: move the whole entry there; a deployment names no files of a gateway`,
        )
      : resolve(place.folder, path),
  );
}
