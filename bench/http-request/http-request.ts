import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { STATUS } from '../../host/src/abi/constants.ts';
import { IMPORT_COSTS } from '../../host/src/abi/import-costs.ts';
import { compileHttpGuard } from '../../host/src/drivers/http/guard.ts';
import { HTTP_LIMITS } from '../../host/src/drivers/http/limits.ts';
import { encodeHttpRequest } from '../../host/src/drivers/http/request-codec.ts';
import { startPeer } from '../../test/peers/peer-process.ts';
import { Authority } from '../../test/system/uplink/certificates.ts';
import { grantOf, HttpRig, postTo } from '../../test/unit/host/drivers/http-rig.ts';
import { type Bench, median, rounded } from '../lib/bench.ts';

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));
const ROUNDS = 7;
const REQUESTS = 400;
const LARGE_BYTES = 16_384;
/** What a unit of fuel is meant to be: 20,000,000 in 5 ms. */
const NS_PER_FUEL = 0.25;

/** What one request over HTTP costs the gateway's processor, on all its threads, and what a module pays for it. */
export const httpRequest: Bench = {
  name: 'http-request',
  question: 'What does a request of a module over HTTP cost the processor, and what is that in fuel?',
  async run() {
    const authority = new Authority();
    try {
      const { certificate, key } = authority.issue('localhost', ['IP:127.0.0.1']);
      const ca = [readFileSync(authority.ca.certificate, 'utf8')];
      const plainUs = await measure('http', [], ca, 100);
      const largeUs = await measure('http', [], ca, LARGE_BYTES);
      const tlsUs = await measure('https', [certificate, key], ca, 100);
      const { base } = IMPORT_COSTS['http.request'];
      return {
        figures: {
          plainUs: rounded(plainUs),
          tlsUs: rounded(tlsUs),
          nsPerBodyByte: rounded(((largeUs - plainUs) * 1000) / (LARGE_BYTES - 100)),
          guardUs: rounded(measureGuard()),
          fuelOfPlain: Math.round((plainUs * 1000) / NS_PER_FUEL),
          fuelOfTls: Math.round((tlsUs * 1000) / NS_PER_FUEL),
          fuelCharged: base,
        },
        targets: [],
      };
    } finally {
      authority.close();
    }
  },
};

/** Processor time of this process for one request, as many under way as a module may have; the median of some rounds. */
async function measure(
  scheme: string,
  args: readonly string[],
  ca: readonly string[],
  bodyBytes: number,
): Promise<number> {
  const server = await startPeer(process.execPath, [SERVER, ...args]);
  const origin = `${scheme}://127.0.0.1:${server.port}`;
  const rig = await HttpRig.open([grantOf({ origins: [origin], timeoutMs: 60_000 })], { ca });
  const request = postTo(`${origin}/alarm`, 'x'.repeat(bodyBytes));
  const ask = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      const { status, detail } = await rig.request(request);
      if (status !== STATUS.ok) throw new Error(`a request ended with ${status} ${detail}`);
    }
  };
  const round = async (): Promise<number> => {
    const began = process.cpuUsage();
    await Promise.all(
      Array.from({ length: HTTP_LIMITS.activeByModule }, () => ask(REQUESTS / HTTP_LIMITS.activeByModule)),
    );
    const { user, system } = process.cpuUsage(began);
    return (user + system) / REQUESTS;
  };
  try {
    await round();
    const times: number[] = [];
    for (let n = 0; n < ROUNDS; n++) times.push(await round());
    return median(times);
  } finally {
    await rig.close();
    await server.stop();
  }
}

/** Microseconds that the cell needs to judge a request. */
function measureGuard(): number {
  const guard = compileHttpGuard([grantOf({ origins: ['https://hooks.example.com'], paths: ['/alarm'] })]);
  const payload = encodeHttpRequest(postTo('https://hooks.example.com/alarm/pump', 'x'.repeat(100)));
  const count = 200_000;
  for (let n = 0; n < count; n++) guard.judge(payload);
  const began = process.cpuUsage();
  for (let n = 0; n < count; n++) guard.judge(payload);
  return process.cpuUsage(began).user / count;
}
