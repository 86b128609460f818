import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { askHost } from '../../../../host/src/health/ask-host.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('asking a host that is none', { timeoutMs: 20_000 });

/** What asking ends with when the answer is this. */
async function askedOf(answer: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return (await askHost(`http://127.0.0.1:${port}`, '/health')).text;
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message.split(': ')[1]}`;
  } finally {
    server.close();
  }
}

test('one that answers in another protocol, or not to the end, is none', async () => {
  assert.equal(await askedOf('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell'), 'well');
  const others = [
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwell',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    '',
  ];
  for (const answer of others) assert.match(await askedOf(answer), /^HOST_UNREACHABLE /, answer);
});

test.run();
