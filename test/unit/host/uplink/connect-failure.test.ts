import type { ConnectStage } from '../../../../host/src/mqtt/failure.ts';
import { connectFailure } from '../../../../host/src/uplink/connect-failure.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('connect failure');

const failure = (code: string | number | undefined, stage: ConnectStage) =>
  connectFailure(Object.assign(new Error('why'), code === undefined ? {} : { code }), {
    url: 'mqtts://hub',
    identity: 'pump-7/a',
    stage,
  });

const CASES: [code: string | number | undefined, stage: ConnectStage, expected: string][] = [
  ['ECONNREFUSED', 'tcp', 'UPLINK_UNREACHABLE'],
  ['ENOTFOUND', 'tcp', 'UPLINK_UNREACHABLE'],
  [undefined, 'tcp', 'UPLINK_UNREACHABLE'],
  ['ECONNRESET', 'tls', 'UPLINK_UNREACHABLE'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'UPLINK_TLS'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'UPLINK_TLS'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'UPLINK_TLS'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'mqtt', 'UPLINK_TLS'],
  ['ENOENT', 'files', 'UPLINK_TLS'],
  [1, 'mqtt', 'UPLINK_UNREACHABLE'],
  [2, 'mqtt', 'UPLINK_REFUSED'],
  [3, 'mqtt', 'UPLINK_UNREACHABLE'],
  [4, 'mqtt', 'UPLINK_REFUSED'],
  [5, 'mqtt', 'UPLINK_REFUSED'],
  [134, 'mqtt', 'UPLINK_REFUSED'],
  [135, 'mqtt', 'UPLINK_REFUSED'],
  [136, 'mqtt', 'UPLINK_UNREACHABLE'],
  ['ECONNRESET', 'connected', 'UPLINK_UNREACHABLE'],
];

for (const [code, stage, expected] of CASES) {
  test(`${code ?? 'no code'} at stage ${stage} is ${expected}`, () => {
    assert.equal(failure(code, stage).code, expected);
  });
}

test('names the place and the reason', () => {
  const error = failure('ECONNREFUSED', 'tcp');
  assert.equal(error.message, 'pump-7/a cannot connect to mqtts://hub: why');
  assert.deepEqual(error.details, { url: 'mqtts://hub', identity: 'pump-7/a', stage: 'tcp', reason: 'why' });
});

test('names the code where there are no words, as with several addresses', () => {
  const cause = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
  const error = connectFailure(cause, { url: 'mqtts://hub', identity: 'a', stage: 'tcp' });
  assert.equal(error.details['reason'], 'ECONNREFUSED');
});

test.run();
