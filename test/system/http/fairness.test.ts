import { STATUS } from '../../../host/src/abi/constants.ts';
import { HTTP_LIMITS } from '../../../host/src/drivers/http/limits.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { startHttp } from '../../peers/http-servers.ts';
import { grantOf, HttpRig, postTo, requestTo } from '../../unit/host/drivers/http-rig.ts';

const test = suite('HTTP requests of many modules', { timeoutMs: 20_000 });
const { active, activeByModule, waitingByModule } = HTTP_LIMITS;
/** Flooding modules that have all the places that modules share. */
const FLOODERS = Array.from({ length: active / activeByModule }, (_, n) => `flooder${n}`);
/** As many as a module may have under way and waiting. */
const FLOOD = activeByModule + waitingByModule;

async function withFlood(
  body: (rig: HttpRig, origin: string, held: Map<string, (() => void)[]>) => Promise<void>,
): Promise<void> {
  /** What the server has not answered yet, by path. */
  const held = new Map<string, (() => void)[]>();
  const server = await startHttp(({ url = '' }, response) => {
    if (url === '/at-once') response.end('ok');
    else held.set(url, [...(held.get(url) ?? []), () => response.end('ok')]);
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const grants = [grantOf({ origins: [origin], timeoutMs: 60_000 })];
  const modules = [...FLOODERS, 'well', 'other'];
  const rig = await HttpRig.open(Object.fromEntries(modules.map((module) => [module, grants])));
  try {
    for (const module of FLOODERS)
      for (let n = 0; n < FLOOD; n++) void rig.request(requestTo(`${origin}/${module}`), module);
    await until('the flood', () => FLOODERS.every((module) => held.get(`/${module}`)?.length === activeByModule));
    await body(rig, origin, held);
  } finally {
    for (const module of modules) rig.driver.moduleDown(module);
    await rig.close();
    await server.close();
  }
}

test('a module is answered although others wait for servers in all places that modules share', () =>
  withFlood(async (rig, origin) => {
    for (let n = 0; n < 5; n++) {
      const { status } = await rig.request(postTo(`${origin}/at-once`, 'x'), 'well');
      assert.equal(status, STATUS.ok);
    }
  }));

test('modules that flood are told that there is no more room, and no other module is', () =>
  withFlood(async (rig, origin) => {
    for (const module of FLOODERS)
      assert.equal((await rig.request(requestTo(`${origin}/more`), module)).status, STATUS.full);
    const room = 1 + waitingByModule;
    const answers = Array.from({ length: room }, () => rig.request(requestTo(`${origin}/at-once`), 'well'));
    for (const { status } of await Promise.all(answers)) assert.equal(status, STATUS.ok);
  }));

test('places that become free go to the modules in turn', () =>
  withFlood(async (rig, origin, held) => {
    for (const module of ['well', 'other'])
      for (let n = 0; n < 3; n++) void rig.request(requestTo(`${origin}/${module}`), module);
    const under = (path: string): number => held.get(path)?.length ?? 0;
    await until('the first of each', () => under('/well') === 1 && under('/other') === 1);
    // The flooders came first with all that they have waiting; each is served once before the others have their turn.
    for (let n = 0; under('/well') + under('/other') < 4; n++) {
      assert.ok(n <= FLOODERS.length + 4, `${n} of the flooders went first`);
      held.get(`/${FLOODERS[n % FLOODERS.length]}`)?.shift()?.();
      const all = () => [...held.values()].reduce((sum, { length }) => sum + length, 0);
      await until('the next', () => all() >= active);
    }
  }));

test.run();
