import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { makeBundle } from '../../host/src/bundle/index.ts';
import { judgeHealth } from '../../host/src/health/index.ts';
import { assert, suite } from '../lib/suite.ts';
import { WELL } from '../unit/host/health/health-facts.ts';

const test = suite('support bundles', { timeoutMs: 120_000 });

/** Visible ASCII as a header can carry it, with everything that JSON, URLs and shells have a use for. */
const secret = fc
  .array(fc.constantFrom(...'ABCxyz0189!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'), { minLength: 10, maxLength: 40 })
  .map((characters) => characters.join(''));
const base64 = fc.uint8Array({ minLength: 12, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64'));
/** As it stands between the parts of a connection string or a URL. */
const word = fc.stringMatching(/^[A-Za-z0-9+/_~-]{10,30}$/);

interface Site {
  readonly password: string;
  readonly sas: string;
  readonly kind: 'password' | 'sas' | 'x509';
  readonly username: string;
  readonly key: string;
  readonly inFile: string;
  readonly inVariable: string;
  readonly connection: string;
  readonly inUrl: string;
  readonly nested: string;
  readonly innocent: string;
  readonly number: number;
  /** A mistake that keeps gateway.json from being decoded. */
  readonly isWrong: boolean;
}

const site: fc.Arbitrary<Site> = fc.record({
  ...{ password: secret, sas: base64, kind: fc.constantFrom('password', 'sas', 'x509') },
  ...{ username: word, key: base64, inFile: secret, inVariable: secret, connection: word, inUrl: word },
  ...{ nested: secret, innocent: secret, number: fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }) },
  isWrong: fc.boolean(),
});

const authentication = ({ kind, password, username, sas }: Site): object => {
  if (kind === 'password') return { type: kind, username, password };
  return kind === 'sas' ? { type: kind, key: sas } : { type: kind, certificate: 'gw.pem', key: 'gw.key' };
};

function gatewayOf(one: Site): object {
  return {
    deviceId: 'gw',
    allowUnsigned: true,
    uplink: { url: 'mqtts://hub.example', authentication: authentication(one) },
    devices: {
      broker: {
        ...{ type: 'mqtt-broker', username: one.username, password: { secret: 'from-file' } },
        url: one.isWrong ? `mqtts://user:${one.inUrl.replaceAll('/', '_')}@site.example` : 'mqtts://site.example',
      },
    },
    secrets: { 'from-file': { file: 'secret.txt' }, 'from-variable': { env: 'GATEHOUSE_TEST_SECRET' } },
    securityLog: { file: 'security.log' },
  };
}

function deploymentOf(one: Site): object {
  const url = `https://user:${one.inUrl.replaceAll('/', '_')}@hooks.example/x?token=${one.connection}`;
  const modules = {
    m: {
      ...{ version: '1.0.0', type: 'wasm', status: 'running', restartPolicy: 'always' },
      env: {
        HUB: { value: `HostName=hub.example;DeviceId=gw;SharedAccessKey=${one.connection}` },
        API_TOKEN: { value: one.nested },
      },
      settings: {
        image: 'm.wasm',
        grants: {
          http: [
            {
              ...{ origins: ['https://hooks.example'], methods: ['POST'] },
              headers: { authorization: { secret: 'from-variable', prefix: 'Bearer ' } },
            },
          ],
        },
      },
    },
  };
  return {
    modulesContent: {
      $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', modules } },
      $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: {} } },
      m: {
        'properties.desired': {
          ...{ url, unit: one.innocent, limit: 40, pin: one.number },
          deep: [{ credentials: { user: 'u', list: [one.nested] } }],
        },
      },
    },
  };
}

const EVENT = { time: '2026-05-04T10:11:12.000Z', sequence: 1, kind: 'denied', code: 'HTTP_DENIED' };

/** What a careless module, device or program wrote where a bundle picks it up. */
const gossip = (one: Site): string =>
  [one.password, one.sas, one.inFile, one.inVariable, one.connection, one.nested, encodeURIComponent(one.password)]
    .map((text) => JSON.stringify({ ...EVENT, text: `refused: ${text}`, inside: `x${text}y` }))
    .join('\n');

const secretsOf = (one: Site): string[] => [
  ...(one.kind === 'password' ? [one.password, one.username] : one.kind === 'sas' ? [one.sas] : [one.key]),
  ...[one.inFile, one.inVariable, one.connection, one.inUrl.replaceAll('/', '_'), one.nested, one.innocent],
  String(one.number),
];

test('no secret of a configuration or a deployment is in the bytes of the archive, whatever else knew of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
  let told = '';
  const host = createServer((request, response) => {
    const name = WELL.modules[0]!.name;
    const health = judgeHealth({
      ...WELL,
      modules: [{ ...WELL.modules[0]!, code: told.slice(0, 200).replaceAll('\n', ' '), state: 'failed', name }],
    });
    response.end(request.url === '/metrics' ? told : JSON.stringify(health));
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const path = (name: string): string => join(folder, name);
  try {
    await fc.assert(
      fc.asyncProperty(site, async (one) => {
        writeFileSync(path('gateway.json'), JSON.stringify(gatewayOf(one)));
        writeFileSync(path('deployment.json'), JSON.stringify(deploymentOf(one), undefined, 1));
        writeFileSync(path('secret.txt'), `${one.inFile}\n`);
        writeFileSync(path('gw.pem'), 'no certificate');
        writeFileSync(path('gw.key'), `-----BEGIN PRIVATE KEY-----\n${one.key}\n-----END PRIVATE KEY-----\n`);
        process.env['GATEHOUSE_TEST_SECRET'] = one.inVariable;
        // Of a configuration that cannot be decoded nobody knows which files and variables hold secrets.
        const spread = { ...one, ...(one.isWrong ? { inFile: '', inVariable: '' } : {}) };
        told = gossip({
          ...spread,
          ...(one.kind === 'password' ? {} : { password: '' }),
          ...(one.kind === 'sas' ? {} : { sas: '' }),
        });
        writeFileSync(path('security.log'), `${told}\n`);
        const { archive, files } = await makeBundle({
          ...{ deployment: path('deployment.json'), gateway: path('gateway.json'), url, version: '0.0.0' },
          examine: async () => [{ name: 'gossip', state: 'ok', text: told, facts: {} }],
        });
        const bytes = gunzipSync(archive);
        for (const value of secretsOf(one))
          for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
            assert.equal(bytes.indexOf(form), -1, `${form} is in the archive`);
        const names = files.map(({ name }) => name);
        for (const name of ['doctor.txt', 'deployment.json', 'health.json', 'metrics.txt', 'files.json'])
          assert.ok(names.includes(name), name);
        assert.equal(names.includes('gateway.json'), !one.isWrong);
        assert.ok(bytes.includes('"limit": 40'), 'what is no secret is still there');
      }),
      { numRuns: 60 },
    );
  } finally {
    delete process.env['GATEHOUSE_TEST_SECRET'];
    host.closeAllConnections();
    host.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
