import { startLibmodbus, startLibmodbusLine } from '../../test/peers/modbus-servers.ts';
import { openPtyPair } from '../../test/peers/pty-pair.ts';
import { atLeast, atMost, type Bench, type Figures } from '../lib/bench.ts';
import { measurePlant } from './plant.ts';
import { openBareLine, openBareLineWithSilence, openBareTcp, openLine, openTcp, UNIT } from './readers.ts';
import { measureInTurns, type ReadFigures, ratioOf } from './reads-in-turns.ts';

const ROUNDS = 9;
const ROUND_MS = 500;

const PARTS: Readonly<Record<string, () => Promise<Figures>>> = { tcp: measureTcp, line: measureLine, plant };

/** Reads of ten registers, one after the other, from request payload to answer payload; and a plant of 50 devices. */
export const modbus: Bench = {
  name: 'modbus',
  question: 'How fast is Modbus over TCP and on a line, and how late are 2,000 registers of 50 devices every second?',
  async run({ only = '' }) {
    const found: Figures[] = [];
    for (const [name, measure] of Object.entries(PARTS)) if (name.includes(only)) found.push(await measure());
    return {
      figures: Object.assign({}, ...found.map(({ figures }) => figures)),
      targets: found.flatMap(({ targets }) => targets),
    };
  },
};

async function measureTcp(): Promise<Figures> {
  const server = await startLibmodbus();
  try {
    const { ours, bare } = await measureInTurns(
      { ours: () => openTcp(server.port), bare: () => openBareTcp(server.port) },
      ROUNDS,
      ROUND_MS,
    );
    const tcpVsBare = ratioOf(ours, bare);
    return {
      figures: { tcpVsBare, ...named('tcp', ours), ...named('tcpBare', bare) },
      targets: [atLeast('tcpVsBare', tcpVsBare, 0.9)],
    };
  } finally {
    await server.stop();
  }
}

async function measureLine(): Promise<Figures> {
  const ports = await openPtyPair();
  const unit = await startLibmodbusLine(ports.far, UNIT);
  try {
    const { ours, bare, silent } = await measureInTurns(
      {
        ours: () => openLine(ports.near),
        bare: () => openBareLine(ports.near),
        silent: () => openBareLineWithSilence(ports.near),
      },
      ROUNDS,
      ROUND_MS,
    );
    const [lineVsBare, lineVsBareWithSilence] = [ratioOf(ours, bare), ratioOf(ours, silent)];
    return {
      figures: {
        ...{ lineVsBare, lineVsBareWithSilence },
        ...named('line', ours),
        ...named('lineBare', bare),
        ...named('lineBareWithSilence', silent),
      },
      targets: [atLeast('lineVsBare', lineVsBare, 0.9), atLeast('lineVsBareWithSilence', lineVsBareWithSilence, 0.9)],
    };
  } finally {
    await unit.stop();
    await ports.close();
  }
}

async function plant(): Promise<Figures> {
  const server = await startLibmodbus();
  try {
    const measured = await measurePlant(server.port);
    return {
      figures: Object.fromEntries(Object.entries(measured).map(([name, value]) => [joined('plant', name), value])),
      targets: [atMost('plantLateP99Ms', measured.lateP99Ms, 20)],
    };
  } finally {
    await server.stop();
  }
}

const named = (prefix: string, { rounds: _, ...figures }: ReadFigures): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [joined(prefix, name), value]));

const joined = (prefix: string, name: string): string => `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`;
