import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import {
  ANSWER_HEADERS,
  answerPayloadBytes,
  decodeAnswer,
  encodeAnswer,
  selectHeaders,
} from '../../host/src/drivers/http/answer-codec.ts';
import { compileHttpGuard } from '../../host/src/drivers/http/guard.ts';
import { originOf } from '../../host/src/drivers/http/request.ts';
import { decodeHttpRequest, encodeHttpRequest, isWellFormed } from '../../host/src/drivers/http/request-codec.ts';
import { assert, suite } from '../lib/suite.ts';
import { grantOf } from '../unit/host/drivers/http-rig.ts';
import { httpRequest } from './http-arbitrary.ts';

const test = suite('http properties', { timeoutMs: 60_000 });

test('any request comes out of the codec as it went in', () => {
  fc.assert(
    fc.property(httpRequest, (request) => {
      assert.deepEqual(decodeHttpRequest(encodeHttpRequest(request)), request);
    }),
    { numRuns: 500 },
  );
});

test('any request that is cut at any byte, or has bytes behind it, is none', () => {
  fc.assert(
    fc.property(httpRequest, fc.uint8Array({ minLength: 1, maxLength: 8 }), (request, more) => {
      const whole = encodeHttpRequest(request);
      for (let length = 0; length < whole.length; length++)
        assert.equal(isWellFormed(whole.subarray(0, length)), false, `${length} of ${whole.length} bytes`);
      assert.equal(isWellFormed(Uint8Array.from([...whole, ...more])), false);
    }),
  );
});

const header = fc.string({ unit: 'grapheme', maxLength: 60 });
const answer = fc.record({
  headers: fc
    .subarray([...ANSWER_HEADERS])
    .chain((names) => fc.tuple(...names.map((name) => header.map((value) => [name, value] as const)))),
  body: fc.uint8Array({ maxLength: 300 }),
});

test('any answer comes out of the codec as it went in, at no shorter or greater length, within the size that is reserved', () => {
  fc.assert(
    fc.property(answer, ({ headers, body }) => {
      const whole = encodeAnswer(headers, body);
      assert.deepEqual(decodeAnswer(whole), { headers, body });
      assert.ok(whole.length <= answerPayloadBytes(body.length));
      for (let length = 0; length < whole.length; length++)
        assert.equal(decodeAnswer(whole.subarray(0, length)), undefined);
      assert.equal(decodeAnswer(Uint8Array.from([...whole, 0])), undefined);
    }),
  );
});

test('whatever headers a server sends, those for the module fit into the size that is reserved', () => {
  const value = fc.string({ unit: 'binary', maxLength: 4_000, size: 'max' });
  fc.assert(
    fc.property(fc.tuple(...ANSWER_HEADERS.map(() => fc.oneof(value, fc.array(value, { maxLength: 2 })))), (values) => {
      const sent = Object.fromEntries(ANSWER_HEADERS.map((name, at) => [name, values[at] as string | string[]]));
      const payload = encodeAnswer(selectHeaders(sent), new Uint8Array());
      assert.ok(payload.length <= answerPayloadBytes(0), `${payload.length} bytes`);
      assert.ok(decodeAnswer(payload) !== undefined);
    }),
  );
});

test('a grant for exactly a request lets it through, and one that differs in a single thing does not', () => {
  fc.assert(
    fc.property(httpRequest, (request) => {
      fc.pre(!request.host.startsWith('['));
      const { timeoutMs: _, ...rest } = request;
      const payload = encodeHttpRequest({ ...rest, timeoutMs: 0 });
      const exact = {
        origins: [originOf(request)],
        methods: [request.method],
        paths: [request.path.replace(/\?.*$/, '')],
        requestHeaders: request.headers.map(([name]) => name),
      };
      const verdict = (changes: Partial<typeof exact>) =>
        compileHttpGuard([grantOf({ ...exact, ...changes })]).judge(payload);
      assert.equal(verdict({}), STATUS.ok);
      const other = request.method === 'PUT' ? 'POST' : 'PUT';
      const port = request.port === 1 ? 2 : 1;
      const scheme = request.scheme === 'http' ? 'https' : 'http';
      for (const changes of [
        { origins: [originOf({ ...request, port })] },
        { origins: [originOf({ ...request, scheme })] },
        { origins: [originOf({ ...request, host: `x${request.host}.test` })] },
        { methods: [other as typeof request.method] },
        { paths: [`${exact.paths[0]}/x/y`] },
      ])
        assert.equal(verdict(changes), STATUS.denied, JSON.stringify(changes));
    }),
  );
});

test.run();
