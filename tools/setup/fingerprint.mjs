import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A hash over names and contents of files, as text. Times of files play no part: a fresh checkout, a switched branch and a
 * clock that went back do not count as changes. What does not exist counts as absent.
 */
export function fingerprint(root, inputs, ignored) {
  const hash = createHash('sha256');
  const add = (path) => {
    const full = join(root, path);
    const stat = statSync(full, { throwIfNoEntry: false });
    if (stat === undefined) {
      hash.update(`absent ${path}\n`);
    } else if (stat.isDirectory()) {
      for (const name of readdirSync(full).sort()) if (!ignored.has(name)) add(join(path, name));
    } else {
      const content = readFileSync(full);
      hash.update(`file ${path} ${content.byteLength}\n`).update(content);
    }
  };
  for (const input of inputs) add(input);
  return hash.digest('hex');
}
