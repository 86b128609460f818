import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '../../../host/src/json/index.ts';
import { assert } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import type { Arena } from './arena.ts';
import { type Attack, type FailsToStart, IGNORED_COUNTERS, type Runs } from './attack.ts';
import { NEIGHBOURS } from './metronome.ts';

/** Messages that the neighbour handles while an attack runs, at least. */
const BEATS = 50;
/** Starts of a module that fails each time: at once, after its first failure, and one second later. */
const STARTS = 3;
/** Delays before the next start after each of these failures. */
const RETRIES_MS = [0, 1_000, 2_000];

/** Runs one attack and fails unless exactly the expected becomes of it, and nothing of its neighbours. */
export async function judgeRunning(arena: Arena, attack: Attack & { readonly expected: Runs }): Promise<void> {
  const { name, expected } = attack;
  await arena.host.reaches(name, 'running');
  const beats = arena.metronome.beats(BEATS);
  const response = await arena.attack(attack);
  await beats;
  const wanted = wantedOf(expected);
  const look = async () => {
    const found = await observe(arena, attack);
    return { ...found, answer: response.status, answers: response.payload };
  };
  // What follows from the attack may come a moment after its answer.
  let seen = await look();
  const isAsWanted = async () => {
    seen = await look();
    return isDeepStrictEqual(picked(seen, wanted), wanted);
  };
  await until('the outcome', isAsWanted).catch(() => undefined);
  assert.deepEqual(picked(seen, wanted), wanted);
  await judgeNeighbours(arena);
}

/** Watches a module that fails at each start until it was tried again, or is known not to be. */
export async function judgeStart(arena: Arena, attack: Attack & { readonly expected: FailsToStart }): Promise<void> {
  const { name, expected } = attack;
  const failures = () => arena.host.states.filter(({ module, state }) => module === name && state === 'failed');
  const beats = arena.metronome.beats(BEATS);
  const count = expected.isRetried ? STARTS : 1;
  await until(`${name} to fail ${count} times`, () => failures().length >= count);
  await beats;
  for (const { code, text } of failures()) {
    assert.equal(code, expected.code, text);
    assert.ok(text?.includes(expected.says ?? ''), text);
  }
  assert.deepEqual(
    failures()
      .slice(0, count)
      .map(({ retryInMs }) => retryInMs),
    expected.isRetried ? RETRIES_MS : [undefined],
  );
  assert.ok(!arena.host.states.some(({ module, state }) => module === name && state === 'running'), 'it never ran');
  const trapped = async () => (await arena.statusOf(name)).counters.trapped;
  if (expected.isRetried) await until('each failure to count', async () => (await trapped()) === failures().length);
  else assert.equal(await trapped(), 0);
  await judgeNeighbours(arena);
}

/** What an operator hears of an attack beside its failures; it may take a second until the cell says so. */
export async function judgeReports(arena: Arena, attack: Attack & { readonly expected: Runs }): Promise<void> {
  const { reports = [], failures = [] } = attack.expected;
  const codes = () =>
    arena.host.logs
      .filter(({ module, code, level }) => module === attack.name && code !== undefined && level === 4)
      .map(({ code }) => code as string);
  await until(`reports of ${attack.name}`, () => reports.every((code) => codes().includes(code)));
  const known = [...reports, ...failures.map(({ code }) => code)];
  assert.deepEqual(
    [...new Set(codes())].filter((code) => !known.includes(code as never)),
    [],
  );
}

/** Every message of the neighbours arrived, and none of the two was ever started again. */
export async function judgeNeighbours({ metronome, host }: Arena): Promise<void> {
  const { modules } = await host.gateway.status();
  const lost = metronome.lost.length === 0 ? [] : [...metronome.lost.slice(0, 3), JSON.stringify(modules.slice(0, 2))];
  assert.deepEqual(lost, []);
  for (const { id, state, restarts, counters, queues } of modules) {
    if (!(NEIGHBOURS as readonly string[]).includes(id)) continue;
    assert.deepEqual({ id, state, restarts, ...faults(counters) }, { id, state: 'running', restarts: 0 });
    for (const { dropped } of queues) assert.equal(dropped, 0);
  }
  const { length } = host.logs.filter(
    ({ code }) => code === 'CELL_LOST' || code === 'CELL_STUCK' || code === 'INTERNAL',
  );
  assert.equal(length, 0, 'the cell goes on');
}

/** Everything that can be expected of an attack, as it is now. */
async function observe({ host }: Arena, { name, routes = {} }: Attack) {
  const { modules, routes: allRoutes } = await host.gateway.status();
  const status = modules.find(({ id }) => id === name);
  const states = host.states.filter(({ module }) => module === name);
  return {
    state: status?.state,
    restarts: status?.restarts,
    failures: states.filter(({ state }) => state === 'failed').map(({ code, text }) => ({ code, says: text ?? '' })),
    counters: faults(status?.counters ?? {}),
    memoryBytes: status?.memoryBytes,
    stateBytes: status?.stateBytes,
    reported: host.gateway.reported(name),
    logLines: host.logs.filter(
      ({ module, code, text }) => module === name && code === undefined && !text.startsWith('module is '),
    ).length,
    matched: Object.fromEntries(
      allRoutes.filter((route) => Object.hasOwn(routes, route.name)).map((route) => [route.name, route.matched]),
    ),
  };
}

type Seen = Awaited<ReturnType<typeof observe>> & { readonly answer: number; readonly answers: JsonValue | undefined };

function wantedOf({ answer, answers, failures = [], counters = {}, reports: _, kind: __, ...rest }: Runs) {
  return {
    ...rest,
    answer,
    ...(answers === undefined ? {} : { answers: JSON.stringify(answers) }),
    state: 'running',
    restarts: failures.length,
    failures,
    counters,
  };
}

/** Of what was seen only what is expected, each in the form in which it is. */
function picked(seen: Seen, wanted: ReturnType<typeof wantedOf>): Record<string, unknown> {
  const form: Record<string, unknown> = {
    ...seen,
    answers: JSON.stringify(seen.answers),
    failures: seen.failures.map(({ code, says }, index) => {
      const words = wanted.failures[index]?.says;
      if (words === undefined) return { code };
      return { code, says: says.includes(words) ? words : says };
    }),
  };
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, form[key]]));
}

/** Counters of faults that are not 0. */
function faults(counters: Readonly<Record<string, number>> | object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counters).filter(([name, count]) => count !== 0 && !IGNORED_COUNTERS.includes(name)),
  );
}
