import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeAnswer } from '../../../../host/src/drivers/http/answer-codec.ts';
import { encodeHttpRequest } from '../../../../host/src/drivers/http/request-codec.ts';
import { assert } from '../../../lib/suite.ts';
import { TOOLS } from '../../../lib/tools.ts';
import { startPeer } from '../../../peers/peer-process.ts';
import { postTo, requestTo } from '../../../unit/host/drivers/http-rig.ts';
import type { LeafCase } from '../leaf-case.ts';

const SERVER = fileURLToPath(new URL('../../../peers/python-http-server.py', import.meta.url));

export const http: LeafCase = {
  title: "gets a file from python3's http.server and posts to it",
  needs: [TOOLS.python],
  async run(bench) {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-http-'));
    bench.with({ close: async () => rmSync(folder, { recursive: true, force: true }) });
    writeFileSync(join(folder, 'hello.txt'), 'hello from a file\n');
    const { port } = bench.with(await startPeer('python3', [SERVER, folder]));
    const origin = `http://127.0.0.1:${port}`;
    const headers = [['content-type', 'text/plain'] as const];
    const limits = { timeoutMs: 20_000, allowPrivate: true };
    await bench.open({
      capability: 'http',
      grants: [{ origins: [origin], methods: ['GET', 'POST'], ...limits }],
      config: {},
      asks: [
        { request: encodeHttpRequest(requestTo(`${origin}/hello.txt`)) },
        { request: encodeHttpRequest(postTo(`${origin}/hook`, 'abc', { headers })) },
        { request: encodeHttpRequest(requestTo(`${origin}/missing`)) },
        { request: encodeHttpRequest(requestTo(`${origin}/hello.txt`, { method: 'DELETE' })) },
      ],
    });
    for (const [index, status, detail, body] of [
      [0, 0, 200, 'hello from a file\n'],
      [1, 0, 202, '/hook text/plain cba'],
    ] as const) {
      const answer = await bench.answer(index);
      const text = Buffer.from(decodeAnswer(answer.payload)?.body ?? []).toString();
      assert.deepEqual([index, answer.status, answer.detail, text], [index, status, detail, body]);
    }
    const [missing, denied] = [await bench.answer(2), await bench.answer(3)];
    assert.deepEqual([missing.status, missing.detail, denied.status], [-10, 404, -2]);
  },
};
