import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AirServer } from '../../../tools/simulators/ble/air-server.ts';
import type { Random } from '../../../tools/simulators/pump/random.ts';
import { errorOf, RawPeer, tableAnswers } from '../ble/raw-peer.ts';

/** Of the air; the gateway has the other one, 0. */
export const LEAF_CONTROLLER = 1;
/** What the leaf has when it is read, and what it notifies, in hex. */
export const VALUE = '010203';
export const NOTIFIED = 'abcd';

/** What the leaf does instead of answering; `good` is what it should have said. */
type Misdeed = (leaf: {
  readonly peer: RawPeer;
  readonly request: Buffer;
  readonly good: Buffer;
  readonly noise: (bytes: number) => Buffer;
}) => void;

const FLOOD = 500;
const PACKET_BYTES = 90;
const NOT_FOUND = 0x0a;
const NOT_SUPPORTED = 0x06;
const READ = Buffer.of(0x0a, 1, 0);
const NOTIFICATION = Buffer.concat([Buffer.of(0x1b, 3, 0), Buffer.from(NOTIFIED, 'hex')]);

const MISDEEDS = {
  'random bytes'({ peer, good, noise }) {
    const bytes = noise(PACKET_BYTES);
    // Else it would be an answer.
    if (bytes[0] === good[0]) bytes[0]! ^= 0x80;
    peer.send(bytes);
  },
  'half an answer': ({ peer, good }) => peer.send(good.subarray(0, good.length >> 1)),
  silence: () => {},
  'noise behind the answer'({ peer, good, noise }) {
    peer.send(good);
    for (let piece = 0; piece < 40; piece++) peer.sendRaw(noise(4 + piece), piece % 8 === 0);
  },
  flood({ peer }) {
    for (let count = 0; count < FLOOD; count++) peer.send(NOTIFICATION);
    for (let count = 0; count < FLOOD; count++) peer.send(READ);
  },
  'a senseless advertisement'({ peer, good, noise }) {
    peer.advertise(noise(31));
    peer.send(good);
  },
  'a senseless refusal'({ peer, request, noise }) {
    const [code] = noise(1);
    // That there is no more of something ends a list well.
    peer.send(errorOf(request, code === NOT_FOUND ? 1 : code!));
  },
} satisfies Record<string, Misdeed>;

type Card = keyof typeof MISDEEDS | 'answer';
/** Proper answers for each misdeed, else hardly a link would come as far as a read. */
const ANSWERS_EACH = 12;

const honest = tableAnswers();

/** What a good leaf says to a request. */
export function goodLeafAnswer(request: Buffer): Buffer {
  const good = honest(request);
  return Buffer.isBuffer(good) ? good : errorOf(request, NOT_SUPPORTED);
}

/**
 * A Bluetooth leaf without a stack, on an air of its own, that does every misdeed once, because links which are lost are made
 * again more and more seldom; when it has, it behaves well.
 */
export class HostileLeaf {
  /** The serial port of the controller that the gateway has. */
  readonly path: string;
  readonly close: () => Promise<void>;
  readonly #deck: readonly Card[];

  private constructor(path: string, close: () => Promise<void>, deck: readonly Card[]) {
    this.path = path;
    this.close = close;
    this.#deck = deck;
  }

  static async open(random: Random, answer: (request: Buffer) => Buffer): Promise<HostileLeaf> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-leaf-'));
    const server = await AirServer.open({ folder, controllers: 2, hasTtys: true });
    const deck = dealt(random);
    const noise = (bytes: number): Buffer =>
      Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));
    const peer = await RawPeer.open(server.ttyPath(LEAF_CONTROLLER), (request) => {
      // Nobody looks at it.
      peer.received.length = 0;
      // What the gateway answers.
      if ((request[0]! & 1) !== 0) return undefined;
      const good = answer(request);
      const next = deck.pop() ?? 'answer';
      if (next === 'answer') return good;
      MISDEEDS[next]({ peer, request, good, noise });
      return undefined;
    });
    const close = async (): Promise<void> => {
      await peer.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    };
    return new HostileLeaf(server.ttyPath(0), close, deck);
  }

  /** Misdeeds and answers in between that are still to come. */
  get left(): number {
    return this.#deck.length;
  }
}

function dealt(random: Random): Card[] {
  const answers = Array<Card>(ANSWERS_EACH).fill('answer');
  return (Object.keys(MISDEEDS) as Card[])
    .flatMap((misdeed) => [misdeed, ...answers])
    .map((card) => ({ card, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ card }) => card);
}
