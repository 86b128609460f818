import { redactDeployment, redactGateway } from '../../../../host/src/bundle/redact.ts';
import { decodeGateway } from '../../../../host/src/configuration/index.ts';
import { decodeDeployment } from '../../../../host/src/manifest/decode-deployment.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('configuration without secrets');

test('of the gateway: how it proves who it is, where secrets are from, and names of users are removed; addresses stay', () => {
  const { value } = decodeGateway(
    JSON.stringify({
      deviceId: 'gw',
      uplink: {
        url: 'mqtts://hub.example',
        authentication: { type: 'password', username: 'token-as-user', password: 'swordfish' },
      },
      devices: {
        site: {
          ...{ type: 'mqtt-broker', url: 'mqtts://site.example', username: 'token-as-user' },
          password: { secret: 'site-password' },
        },
        other: { type: 'mqtt-broker', url: 'mqtts://site.example', username: 'u', password: { secret: 'by-mistake' } },
      },
      secrets: { 'site-password': { env: 'SITE_PASSWORD' }, hook: { file: 'hook.txt' } },
    }),
    '/etc/gatehouse/gateway.json',
  );
  const redacted = redactGateway(value!) as Record<string, Record<string, Record<string, unknown>>>;
  assert.deepEqual(redacted['uplink']!['authentication'], {
    ...{ type: 'password', username: '(removed)', password: '(removed)' },
  });
  assert.equal(redacted['uplink']!['url'], 'mqtts://hub.example');
  assert.deepEqual(redacted['secrets'], { 'site-password': { env: '(removed)' }, hook: { file: '(removed)' } });
  const { site, other } = redacted['devices']!;
  assert.deepEqual([site!['username'], site!['password']], ['(removed)', { secret: 'site-password' }]);
  assert.deepEqual(other!['password'], { secret: '(removed)' }, 'it names no secret, so it may be one');
  assert.ok(!/swordfish|token-as-user|SITE_PASSWORD|hook\.txt|by-mistake/.test(JSON.stringify(redacted)));
});

test('of the deployment: texts for modules are removed, what the host itself reads stays', () => {
  const { value } = decodeDeployment(
    JSON.stringify({
      modulesContent: {
        $edgeAgent: {
          'properties.desired': {
            schemaVersion: '1.1',
            modules: {
              m: {
                ...{ version: '1.0', type: 'wasm', status: 'running', restartPolicy: 'always' },
                env: { CONNECTION: { value: 'HostName=x;SharedAccessKey=abc' } },
                settings: { image: 'm.wasm' },
              },
            },
          },
        },
        $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: { r: 'FROM /messages/* INTO $upstream' } } },
        m: { 'properties.desired': { limit: 40, on: true, unit: 'bar', list: ['x', 1], pinCodes: { tokens: 1234 } } },
      },
    }),
    'deployment.json',
  );
  const { modules, routes } = redactDeployment(value!, new Set()) as {
    modules: Record<string, unknown>[];
    routes: Record<string, unknown>[];
  };
  assert.deepEqual(modules[0]!['environment'], { CONNECTION: '(removed)' });
  assert.deepEqual(modules[0]!['desired'], {
    ...{ limit: 40, on: true, unit: '(removed)', list: ['(removed)', 1], pinCodes: { tokens: '(removed)' } },
  });
  assert.equal(modules[0]!['id'], 'm');
  assert.equal(routes[0]!['text'], 'FROM /messages/* INTO $upstream');
});

test.run();
