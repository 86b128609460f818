import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { ReportServer } from '../../../../host/src/reports/report-server.ts';
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

const small = () => ({ status: 200, type: 'text/plain', text: 'well' });

/** Sends a text as it is and reads until the connection ends. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

test('who asks a thousand times without waiting for the first answer has none of them', async () => {
  const server = await ReportServer.open({ host: '127.0.0.1', port: 0 }, { '/metrics': small });
  try {
    const one = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n';
    assert.match(await exchange(server.port, one), /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n/);
    assert.equal(await exchange(server.port, one.repeat(1_000)), '');
  } finally {
    await server.close();
  }
});

test('connections that say nothing do not keep out who asks', async () => {
  const server = await ReportServer.open({ host: '127.0.0.1', port: 0 }, { '/health': small });
  const silent: Socket[] = [];
  try {
    for (let n = 0; n < 20; n++) {
      silent.push(connect(server.port, '127.0.0.1').on('error', () => {}));
      await once(silent[n] as Socket, 'connect');
    }
    assert.deepEqual(await ask(server.port, '/health'), { status: 200, body: 'well' });
  } finally {
    for (const socket of silent) socket.destroy();
    await server.close();
  }
});

test('on a loopback address only who asks by an address, or as localhost, is answered', async () => {
  const loopback = await ReportServer.open({ host: '127.0.0.1', port: 0 }, { '/health': small });
  const everywhere = await ReportServer.open({ host: '0.0.0.0', port: 0 }, { '/health': small });
  const statusOf = async (port: number, host: string): Promise<string | undefined> =>
    (await exchange(port, `GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).split(' ')[1];
  try {
    for (const host of ['127.0.0.1', '127.0.0.1:9600', '[::1]:9600', 'localhost', 'LocalHost:1', 'a.localhost'])
      assert.equal(await statusOf(loopback.port, host), '200', host);
    for (const host of [
      'rebound.example',
      'rebound.example:9600',
      'localhost.rebound.example',
      '127.0.0.1.rebound',
      '',
    ])
      assert.equal(await statusOf(loopback.port, host), '421', host);
    assert.equal(await statusOf(everywhere.port, 'gateway-7.plant.example:9600'), '200');
  } finally {
    await Promise.all([loopback.close(), everywhere.close()]);
  }
});

test.run();
