import { decodeUtf8 } from '../../../../host/src/abi/utf8.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('text of guests');

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const SAMPLES = ['', '00', '61c3a9', 'efbbbf61', 'e282ac', 'f09f9880', 'f48fbfbf', 'efbfbd'];
const FAULTY = [
  'ff',
  '80',
  'c3',
  '61c3',
  'c080',
  'e08080',
  'eda080',
  'edbfbf',
  'f0808080',
  'f4908080',
  'f09f98',
  'e28228',
];

test('is what the strict decoder of the platform makes of it, a byte order mark included', () => {
  for (const sample of SAMPLES) {
    const bytes = Buffer.from(sample, 'hex');
    assert.equal(decodeUtf8(bytes), fatal.decode(bytes), sample);
  }
});

test('is undefined where that refuses, and nothing is thrown for it', () => {
  const { decode } = TextDecoder.prototype;
  const refused = FAULTY.map((sample) => Buffer.from(sample, 'hex'));
  for (const bytes of refused) assert.throws(() => fatal.decode(bytes), TypeError);
  TextDecoder.prototype.decode = () => {
    throw new Error('bytes that are not UTF-8 were decoded');
  };
  try {
    for (const bytes of refused) assert.equal(decodeUtf8(bytes), undefined, bytes.toString('hex'));
  } finally {
    TextDecoder.prototype.decode = decode;
  }
});

test.run();
