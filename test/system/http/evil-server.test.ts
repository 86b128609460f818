import { STATUS } from '../../../host/src/abi/constants.ts';
import { DETAIL } from '../../../host/src/drivers/http/detail.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { startEndless, startHttp, startRaw, startTcp } from '../../peers/http-servers.ts';
import { grantOf, HttpRig, postTo, requestTo } from '../../unit/host/drivers/http-rig.ts';

const test = suite('HTTP requests to servers that misbehave', { timeoutMs: 60_000 });
const OK = 'HTTP/1.1 200 OK\r\n';

interface Evil {
  readonly name: string;
  readonly server: () => Promise<{ readonly port: number; close(): Promise<void> }>;
  /** Status and detail of a GET, and of a POST where it differs. */
  readonly get: readonly [number, number];
  readonly post?: readonly [number, number];
}

const CLOSED: Pick<Evil, 'get' | 'post'> = {
  get: [STATUS.unavailable, DETAIL.closed],
  post: [STATUS.unknown, DETAIL.closed],
};
const NOT_HTTP: Pick<Evil, 'get' | 'post'> = {
  get: [STATUS.unavailable, DETAIL.notHttp],
  post: [STATUS.unknown, DETAIL.notHttp],
};
const TOO_LATE: Pick<Evil, 'get' | 'post'> = {
  get: [STATUS.timeout, DETAIL.tooLate],
  post: [STATUS.unknown, DETAIL.tooLate],
};

const EVILS: readonly Evil[] = [
  { name: 'never answers', server: () => startTcp(() => {}), ...TOO_LATE },
  { name: 'closes at once', server: () => startTcp((socket) => socket.destroy()), ...CLOSED },
  { name: 'closes when it was asked', server: () => startRaw(''), ...CLOSED },
  {
    name: 'resets when it was asked',
    server: () => startTcp((s) => s.once('data', () => s.resetAndDestroy())),
    ...CLOSED,
  },
  { name: 'stops within the status line', server: () => startRaw('HTTP/1.1 2', { isOpen: true }), ...TOO_LATE },
  { name: 'closes within the headers', server: () => startRaw(`${OK}Content-Le`), ...CLOSED },
  { name: 'sends half a body', server: () => startRaw(`${OK}Content-Length: 10\r\n\r\nhalf`), ...CLOSED },
  {
    name: 'sends half a body and waits',
    server: () => startRaw(`${OK}Content-Length: 10\r\n\r\nhalf`, { isOpen: true }),
    ...TOO_LATE,
  },
  {
    name: 'closes within a chunk',
    server: () => startRaw(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nab`),
    ...CLOSED,
  },
  {
    name: 'sends a chunk of no length',
    server: () => startRaw(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nab`, { isOpen: true }),
    ...NOT_HTTP,
  },
  {
    name: 'says both a length and chunks',
    server: () => startRaw(`${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`),
    ...NOT_HTTP,
  },
  {
    name: 'says two lengths',
    server: () => startRaw(`${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`),
    ...NOT_HTTP,
  },
  { name: 'says a negative length', server: () => startRaw(`${OK}Content-Length: -1\r\n\r\n`), ...NOT_HTTP },
  {
    name: 'says a length without end',
    server: () => startRaw(`${OK}Content-Length: ${'9'.repeat(40)}\r\n\r\n`),
    ...NOT_HTTP,
  },
  {
    name: 'says a length beyond the limit',
    server: () => startRaw(`${OK}Content-Length: 1099511627776\r\n\r\n`, { isOpen: true }),
    get: [STATUS.limit, 200],
  },
  {
    name: 'sends more than it said',
    server: () => startRaw(`${OK}Content-Length: 2\r\n\r\nok and more`),
    ...NOT_HTTP,
  },
  { name: 'speaks another protocol', server: () => startRaw('SSH-2.0-OpenSSH_9.6\r\n'), ...NOT_HTTP },
  { name: 'sends zero bytes', server: () => startRaw(Buffer.alloc(100)), ...NOT_HTTP },
  {
    name: 'has a control character in a header',
    server: () => startRaw(`${OK}Location: a\u0001b\r\n\r\n`),
    ...NOT_HTTP,
  },
  { name: 'has a header without a colon', server: () => startRaw(`${OK}nonsense\r\n\r\n`), ...NOT_HTTP },
  {
    name: 'has a head that is too large',
    server: () => startRaw(`${OK}X: ${'x'.repeat(20_000)}\r\n\r\n`),
    ...NOT_HTTP,
  },
  { name: 'sends headers without end', server: () => startEndless(OK, `X-More: ${'y'.repeat(100)}\r\n`), ...NOT_HTTP },
  {
    name: 'sends a body without end',
    server: () => startEndless(`${OK}\r\n`, Buffer.alloc(16_384)),
    get: [STATUS.limit, 200],
  },
  {
    name: 'sends chunks without end',
    server: () => startEndless(`${OK}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n'.repeat(100)),
    get: [STATUS.limit, 200],
  },
  {
    name: 'sends trailers without end',
    server: () => startEndless(`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n`, `X-More: ${'y'.repeat(100)}\r\n`),
    ...NOT_HTTP,
  },
  { name: 'sends 100 Continue for ever', server: () => startEndless('', 'HTTP/1.1 100 Continue\r\n\r\n'), ...TOO_LATE },
  {
    name: 'switches protocols unasked',
    server: () =>
      startRaw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', { isOpen: true }),
    ...CLOSED,
  },
];

for (const { name, server, get, post = get } of EVILS) {
  test(`a server that ${name} gives one coded answer, and nothing of it stays`, async () => {
    const peer = await server();
    const origin = `http://127.0.0.1:${peer.port}`;
    const timeoutMs = get[1] === DETAIL.tooLate ? 300 : 15_000;
    const rig = await HttpRig.open([grantOf({ origins: [origin], timeoutMs })]);
    try {
      const read = await rig.request(requestTo(`${origin}/`));
      assert.deepEqual([read.status, read.detail], get, 'GET');
      const write = await rig.request(postTo(`${origin}/`, 'x'));
      assert.deepEqual([write.status, write.detail], post, 'POST');
      assert.equal(rig.audits.length, 1);
    } finally {
      await rig.close();
      await peer.close();
    }
  });
}

test('a server that trickles a body is given up at the deadline, and each byte costs no more than itself', async () => {
  const peer = await startEndless(`${OK}\r\n`, 'x');
  const origin = `http://127.0.0.1:${peer.port}`;
  const slow = await startTcp((socket) => {
    socket.once('data', () => {
      socket.write(`${OK}\r\n`);
      const timer = setInterval(() => socket.write('x'), 1);
      socket.on('close', () => clearInterval(timer));
    });
  });
  const slowOrigin = `http://127.0.0.1:${slow.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin, slowOrigin], timeoutMs: 1_000 })]);
  try {
    const before = process.memoryUsage().arrayBuffers;
    const answers = [1, 2, 3].map(() => rig.request(requestTo(`${slowOrigin}/`)));
    const ends = await Promise.all(answers);
    const grown = process.memoryUsage().arrayBuffers - before;
    for (const { status, detail } of ends) assert.deepEqual([status, detail], [STATUS.timeout, DETAIL.tooLate]);
    assert.ok(grown < 8_000_000, `${grown} bytes for three bodies of about 1,000 bytes each`);
  } finally {
    await rig.close();
    await peer.close();
    await slow.close();
  }
});

test('what does not listen is not sent: a read and a write are both "unavailable", and the write is certainly not done', async () => {
  const peer = await startTcp(() => {});
  await peer.close();
  const origin = `http://127.0.0.1:${peer.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin] })]);
  try {
    for (const request of [requestTo(`${origin}/`), postTo(`${origin}/`, 'x')]) {
      const { status, detail } = await rig.request(request);
      assert.deepEqual([status, detail], [STATUS.unavailable, DETAIL.notConnected]);
    }
    assert.deepEqual([rig.audits[0]?.outcome, rig.audits[0]?.sent], ['dropped', false]);
    assert.deepEqual(
      rig.logs.map(({ level, text, code }) => [level, text, code]),
      [['warning', `${origin}: ${origin} does not accept a connection (ECONNREFUSED)`, 'DEVICE_UNREACHABLE']],
      'once, although two requests failed',
    );
  } finally {
    await rig.close();
  }
});

test('a write that waits behind others for longer than its time is never sent', async () => {
  const peer = await startHttp(() => {});
  const origin = `http://127.0.0.1:${peer.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], timeoutMs: 1_000 })]);
  try {
    const held = Array.from({ length: 4 }, () => rig.request(requestTo(`${origin}/`)));
    const { status, detail } = await rig.request(postTo(`${origin}/late`, 'x', { timeoutMs: 100 }));
    assert.deepEqual([status, detail], [STATUS.expired, DETAIL.tooLate]);
    for (const answer of await Promise.all(held)) assert.equal(answer.status, STATUS.timeout);
    assert.deepEqual(
      peer.seen.map(({ url }) => url),
      ['/', '/', '/', '/'],
    );
    assert.equal(rig.audits[0]?.outcome, 'expired');
  } finally {
    await rig.close();
    await peer.close();
  }
});

test('when an instance fails its requests end without an answer, and their connections at once', async () => {
  const peer = await startTcp(() => {});
  const origin = `http://127.0.0.1:${peer.port}`;
  const rig = await HttpRig.open({ m: [grantOf({ origins: [origin] })], n: [grantOf({ origins: [origin] })] });
  try {
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) void rig.request(postTo(`${origin}/`, 'x')).then(() => answers.push('m'));
    void rig.request(requestTo(`${origin}/`), 'n').then(() => answers.push('n'));
    await until('the connections', () => peer.connections() === 5);
    rig.driver.moduleDown('m');
    await until('the audit', () => rig.audits.length === 6);
    assert.deepEqual(
      rig.audits.map(({ outcome }) => outcome),
      ['unknown', 'unknown', 'unknown', 'unknown', 'dropped', 'dropped'],
    );
    assert.deepEqual(answers, []);
  } finally {
    await rig.close();
    await peer.close();
  }
});

test('a module that stops can still say so: its writes go on, its reads end, and nobody is answered', async () => {
  const held: (() => void)[] = [];
  const peer = await startHttp((_, response) => held.push(() => response.end('ok')));
  const origin = `http://127.0.0.1:${peer.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin] })]);
  try {
    const answers: number[] = [];
    for (const request of [requestTo(`${origin}/read`), postTo(`${origin}/bye`, 'x')])
      void rig.request(request).then(({ status }) => answers.push(status));
    rig.driver.moduleStopped('m');
    await until('the write', () => peer.seen.some(({ url }) => url === '/bye'));
    for (const release of held) release();
    await until('its audit', () => rig.audits.length === 1);
    assert.equal(rig.audits[0]?.outcome, 'confirmed');
    assert.deepEqual(answers, []);
  } finally {
    await rig.close();
    await peer.close();
  }
});

test('a driver that closes cancels reads at once, waits a little for writes, and takes no more', async () => {
  const peer = await startHttp((request, response) => {
    if (request.url === '/slow') setTimeout(() => response.end('ok'), 200);
  });
  const origin = `http://127.0.0.1:${peer.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], timeoutMs: 60_000 })]);
  const read = rig.request(requestTo(`${origin}/never`));
  const write = rig.request(postTo(`${origin}/slow`, 'x'));
  const hanging = rig.request(postTo(`${origin}/never`, 'x'));
  await until('all three', () => peer.seen.length === 3);
  const closing = rig.close();
  assert.equal((await rig.request(requestTo(`${origin}/`))).status, STATUS.cancelled);
  assert.equal((await read).status, STATUS.cancelled);
  assert.equal((await write).status, STATUS.ok);
  assert.equal((await hanging).status, STATUS.unknown);
  await closing;
  await peer.close();
});

test.run();
