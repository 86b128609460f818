import { scrub } from '../../../../host/src/bundle/scrub.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('removing secrets from a text');

test('removes them as they are, and as JSON, URLs and base64 write them', () => {
  const secret = 'a "b"/c+d';
  const text = [secret, JSON.stringify({ secret }), encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  assert.equal(scrub(text.join('|'), new Set([secret])), '(removed)|{"secret":"(removed)"}|(removed)|(removed)');
});

test('removes them as hexadecimal digits, in URLs of every style, and as JSON within JSON', () => {
  const secret = 'it\'s "/(x) y?';
  const forms = [
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('hex').toUpperCase(),
    encodeURIComponent(secret).toLowerCase(),
    encodeURI(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
  ];
  for (const form of forms) assert.equal(scrub(`<${form}>`, new Set([secret])), '<(removed)>', form);
});

test('leaves nothing of them to read in base64 of which they are a part', () => {
  const secret = 'swordfish-17';
  for (const before of ['', 'a', 'ab', 'user:'])
    for (const behind of ['', 'y', 'yz']) {
      const scrubbed = scrub(`x=${Buffer.from(before + secret + behind).toString('base64')}`, new Set([secret]));
      assert.match(scrubbed, /^x=[A-Za-z0-9+/]{0,8}\(removed\)[A-Za-z0-9+/]{0,4}={0,2}$/, before + behind);
    }
});

test('removes one that a table has broken into lines', () => {
  const secret = 'correct horse battery';
  assert.equal(scrub('told: correct\n      horse battery.', new Set([secret])), 'told: (removed).');
});

test('removes the longer one of two first, and leaves everything else as it was', () => {
  assert.equal(scrub('swordfish and sword, fish', new Set(['sword', 'swordfish'])), '(removed) and (removed), fish');
});

test('gives a text up in which a secret would remain', () => {
  assert.equal(scrub('the value xremovex', new Set(['(removed)', 'xremovex'])), '');
});

test.run();
