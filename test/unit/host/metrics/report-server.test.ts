import { request } from 'node:http';
import { ReportServer } from '../../../../host/src/metrics/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('the server of reports');

function ask(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode as number, body }));
    });
    call.on('error', reject).end();
  });
}

test('gives each path its own answer and status, and names what there is', async () => {
  const server = await ReportServer.open(
    { host: '127.0.0.1', port: 0 },
    {
      '/good': () => ({ status: 200, type: 'text/plain', text: 'good' }),
      '/bad': async () => ({ status: 503, type: 'application/json', text: '{}' }),
      '/broken': () => {
        throw new Error('a secret of the host');
      },
    },
  );
  try {
    assert.deepEqual(await ask(server.port, '/good'), { status: 200, body: 'good' });
    assert.deepEqual(await ask(server.port, '/bad?x'), { status: 503, body: '{}' });
    assert.deepEqual(await ask(server.port, '/broken'), { status: 500, body: 'The report cannot be gathered.\n' });
    const missing = { status: 404, body: 'Only /good, /bad, /broken are here.\n' };
    for (const path of ['/', '/good/', '/GOOD', '/__proto__']) assert.deepEqual(await ask(server.port, path), missing);
  } finally {
    await server.close();
  }
});

test('a flood costs two answers a second, whatever the path says behind it', async () => {
  let made = 0;
  const page = () => ({ status: 200, type: 'text/plain', text: String(++made) });
  const server = await ReportServer.open({ host: '127.0.0.1', port: 0 }, { '/health': page });
  try {
    const started = performance.now();
    for (let asked = 0; asked < 300; asked++) await ask(server.port, `/health?${asked}`);
    assert.ok(made <= 1 + (performance.now() - started) / 500, `${made}`);
  } finally {
    await server.close();
  }
});

test.run();
