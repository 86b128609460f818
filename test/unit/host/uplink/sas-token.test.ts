import { createSasToken } from '../../../../host/src/uplink/sas-token.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('SAS token');

/** Made with the npm packages azure-iot-device and azure-iothub. */
const VECTORS = [
  {
    key: 'ZGV2aWNlLWtleS0xLTAxMjM0NTY3ODlhYmNkZWYwMTI=',
    resource: 'localhost/devices/dev1',
    sr: 'localhost%2Fdevices%2Fdev1',
    signature: 'YponxXOn7LCGmGkVot6OIddK3ZalLlZgS9OIjUPZOOI=',
  },
  {
    key: 'c2VydmljZS1rZXktMDEyMzQ1Njc4OWFiY2RlZg==',
    resource: 'localhost',
    sr: 'localhost',
    signature: 'TBttIvBu3Nei760GVA4PiehpwuQM15nLcHTgUXsW3as=',
  },
];

for (const { key, resource, sr, signature } of VECTORS) {
  test(`for ${resource} is the one that the IoT Hub clients make`, () => {
    const token = createSasToken({ resource, key, expiresAtSeconds: 1_893_456_000 });
    assert.equal(token, `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(signature)}&se=1893456000`);
  });
}

test('encodes marks that encodeURIComponent leaves alone, in lower case', () => {
  const token = createSasToken({ resource: "h/devices/a!'()*", key: 'AAAA', expiresAtSeconds: 1 });
  assert.match(token, /sr=h%2Fdevices%2Fa%21%27%28%29%2a&/);
});

test.run();
