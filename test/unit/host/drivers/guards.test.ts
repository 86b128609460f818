import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('guards of all drivers');

/** What the codecs of the cell use as well; it reaches nothing outside. */
const ALLOWED = 'node:buffer';

test('load no package and nothing of Node that reaches the machine, since they run in the cell', () => {
  const seen = new Set<string>();
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const source = readFileSync(fileURLToPath(url), 'utf8');
    for (const [, names, from] of source.matchAll(/^(?:import|export) ([^;]*?) ?from '([^']+)';/gms)) {
      if (names!.startsWith('type ')) continue;
      if (from === ALLOWED) continue;
      assert.ok(from!.startsWith('.'), `${url.pathname} imports ${from}`);
      visit(new URL(from!, url));
    }
  };
  visit(new URL('../../../../host/src/drivers/guards.ts', import.meta.url));
  assert.ok(seen.size >= 15);
});

test.run();
