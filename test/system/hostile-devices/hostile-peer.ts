import type { Socket } from 'node:net';
import type { Random } from '../../../tools/simulators/pump/random.ts';
import { startTcp } from '../../peers/http-servers.ts';

/** What a peer does instead of answering; `good` is what it should have said. */
type Misdeed = (peer: {
  readonly socket: Socket;
  readonly good: Buffer;
  readonly noise: (bytes: number) => Buffer;
}) => void;

const FLOOD_PIECES = 64;
const PIECE_BYTES = 65_536;

export const MISDEEDS = {
  'random bytes': ({ socket, noise }) => void socket.write(noise(1 + noise(1)[0]!)),
  flood({ socket, noise }) {
    const piece = noise(PIECE_BYTES);
    for (let i = 0; i < FLOOD_PIECES; i++) socket.write(piece);
  },
  'half an answer': ({ socket, good }) => void socket.write(good.subarray(0, good.length >> 1)),
  silence: () => {},
  'noise byte by byte': ({ socket, noise }) => {
    const bytes = [...noise(40)];
    const next = (): void => {
      const byte = bytes.shift();
      if (byte !== undefined && !socket.destroyed) socket.write(Buffer.of(byte), () => setImmediate(next));
    };
    next();
  },
  'noise behind the answer': ({ socket, good, noise }) => void socket.write(Buffer.concat([good, noise(20), good])),
  'end of the connection': ({ socket }) => void socket.end(),
} satisfies Record<string, Misdeed>;

export type MisdeedName = keyof typeof MISDEEDS | 'answer';

/** Without the end of the connection, as behind a serial port. */
export const ON_PORTS = Object.keys(MISDEEDS).filter((name) => name !== 'end of the connection') as MisdeedName[];
export const ON_SOCKETS: readonly MisdeedName[] = [...ON_PORTS, 'end of the connection'];

/** Every misdeed so often, with as many proper answers in between, in an order that the seed decides. */
export function deckOf(misdeeds: readonly MisdeedName[], rounds: number, random: Random): MisdeedName[] {
  const round = misdeeds.flatMap((misdeed) => [misdeed, 'answer' as const]);
  return Array.from({ length: rounds }, () => round)
    .flat()
    .map((value) => ({ value, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ value }) => value);
}

export const noiseOf =
  (random: Random) =>
  (bytes: number): Buffer =>
    Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));

export interface HostilePeerOptions {
  readonly random: Random;
  readonly misdeeds: readonly MisdeedName[];
  /** How often each of them is done. */
  readonly rounds: number;
  readonly answer: (request: Buffer) => Buffer;
  /** Whether it is always answered well; absent: nothing is. */
  readonly isSpared?: ((request: Buffer) => boolean) | undefined;
}

/** A server that does its misdeeds instead of answering; when it has done all of them, it behaves well. */
export class HostilePeer {
  readonly port: number;
  readonly close: () => Promise<void>;
  readonly #deck: MisdeedName[];

  private constructor(port: number, close: () => Promise<void>, deck: MisdeedName[]) {
    this.port = port;
    this.close = close;
    this.#deck = deck;
  }

  static async open({ random, misdeeds, rounds, answer, isSpared }: HostilePeerOptions): Promise<HostilePeer> {
    const deck = deckOf(misdeeds, rounds, random);
    const noise = noiseOf(random);
    const server = await startTcp((socket) =>
      socket.on('data', (request) => {
        const good = answer(request);
        const next = isSpared?.(request) ? 'answer' : (deck.pop() ?? 'answer');
        if (next === 'answer') socket.write(good);
        else MISDEEDS[next]({ socket, good, noise });
      }),
    );
    return new HostilePeer(server.port, () => server.close(), deck);
  }

  /** Misdeeds and answers in between that are still to come. */
  get left(): number {
    return this.#deck.length;
  }
}
