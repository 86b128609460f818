import { Lab } from '../../test/system/ble/lab.ts';
import type { LineProcess } from '../../test/system/ble/line-process.ts';
import { atLeast, atMost, type Bench, type Figures, median, rounded } from '../lib/bench.ts';
import { openBare, openGateway } from './centrals.ts';
import { type Phase, runPhase } from './phase.ts';

const LEAVES = 7;
const ROUNDS = 3;
const PER_SECOND = 50;
/** Seven processes that start at once need long on a busy machine. */
const READY_MS = 60_000;
const PACES = { paced: { ms: 4_000, everyMs: 1_000 / PER_SECOND }, fast: { ms: 3_000, everyMs: 0 } } as const;
/** Goes before and does not count: the slowest hundredth would be what leaves and central do for the first time. */
const WARM_UP = { ...PACES.paced, ms: 1_000 };
type Pace = keyof typeof PACES;
const OPENERS = { gateway: openGateway, bare: openBare } as const;
type Kind = keyof typeof OPENERS;
type Found = Record<Kind, Record<Pace, Phase[]>>;

/** Seven leaves on bleno, each a process of its own, notify over the virtual air: into a module of the bundled host, and into noble alone. */
export const ble: Bench = {
  name: 'ble',
  question: 'How many notifications of seven Bluetooth leaves reach a module, how late, and what do they cost?',
  async run({ only = '' }) {
    const found: Found = { gateway: { paced: [], fast: [] }, bare: { paced: [], fast: [] } };
    await Lab.run(LEAVES + 1, async (lab) => {
      const leaves = Array.from({ length: LEAVES }, (_, index) =>
        lab.start('bench/ble/leaf.ts', [lab.server.ttyPath(index + 1)]),
      );
      const ready = await Promise.all(leaves.map((leaf) => leaf.line('ready', undefined, 0, READY_MS)));
      const addresses = ready.map(({ address }) => (address as string).toUpperCase());
      const paces = (Object.keys(PACES) as Pace[]).filter((pace) => pace.includes(only));
      await measureInTurns({ tty: lab.server.ttyPath(0), leaves, addresses, paces }, found);
    });
    return figuresOf(found);
  },
};

interface Rig {
  readonly tty: string;
  readonly leaves: readonly LineProcess[];
  readonly addresses: readonly string[];
  readonly paces: readonly Pace[];
}

async function measureInTurns({ tty, leaves, addresses, paces }: Rig, found: Found): Promise<void> {
  let phase = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of Object.keys(OPENERS) as Kind[]) {
      const central = await OPENERS[kind](tty, addresses);
      try {
        await runPhase(leaves, central, { phase: ++phase, ...WARM_UP });
        for (const pace of paces)
          found[kind][pace].push(await runPhase(leaves, central, { phase: ++phase, ...PACES[pace] }));
      } finally {
        await central.close();
      }
    }
  }
}

function figuresOf({ gateway, bare }: Found): Figures {
  const phases = Object.values(gateway).flat();
  const [lost, outOfOrder] = [sumOf(phases, 'lost'), sumOf(phases, 'outOfOrder')];
  const figures: Record<string, number> = { lost, outOfOrder };
  const targets = [atMost('lost', lost, 0), atMost('outOfOrder', outOfOrder, 0)];
  for (const pace of Object.keys(PACES) as Pace[]) {
    const [ours, theirs] = [gateway[pace], bare[pace]];
    if (ours.length === 0) continue;
    for (const field of ['perSecond', 'p50Ms', 'p99Ms', 'cpuPercent', 'cpuUs'] as const) {
      figures[`${pace}${capital(field)}`] = medianOf(ours, field);
      figures[`${pace}Bare${capital(field)}`] = medianOf(theirs, field);
    }
    const vsBare = rounded(medianOf(ours, 'perSecond') / medianOf(theirs, 'perSecond'));
    figures[`${pace}VsBare`] = vsBare;
    figures[`${pace}CpuVsBare`] = rounded(medianOf(ours, 'cpuUs') / medianOf(theirs, 'cpuUs'));
    if (pace === 'paced') targets.push(atLeast('pacedVsBare', vsBare, 0.98));
  }
  figures['bareLost'] = sumOf(Object.values(bare).flat(), 'lost');
  figures['bareOutOfOrder'] = sumOf(Object.values(bare).flat(), 'outOfOrder');
  return { figures, targets };
}

const sumOf = (phases: readonly Phase[], field: 'lost' | 'outOfOrder'): number =>
  phases.reduce((sum, phase) => sum + phase[field], 0);
const medianOf = (phases: readonly Phase[], field: keyof Phase): number =>
  rounded(median(phases.map((phase) => phase[field])));
const capital = (name: string): string => `${name[0]!.toUpperCase()}${name.slice(1)}`;
