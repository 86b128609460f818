import { scrub } from '../../../../host/src/bundle/scrub.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('removing secrets from a text');

test('removes them as they are, and as JSON, URLs and base64 write them', () => {
  const secret = 'a "b"/c+d';
  const text = [secret, JSON.stringify({ secret }), encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  assert.equal(scrub(text.join('|'), new Set([secret])), '(removed)|{"secret":"(removed)"}|(removed)|(removed)');
});

test('removes the longer one of two first, and leaves everything else as it was', () => {
  assert.equal(scrub('swordfish and sword, fish', new Set(['sword', 'swordfish'])), '(removed) and (removed), fish');
});

test('gives a text up in which a secret would remain', () => {
  assert.equal(scrub('the value xremovex', new Set(['(removed)', 'xremovex'])), '');
});

test.run();
