import { type Answer, type Ask, askerWasm, parseAnswer } from '../../lib/asker.ts';
import { GatewayProcess, type GatewayProcessOptions } from '../../lib/gateway-process.ts';
import { assert } from '../../lib/suite.ts';
import type { Tool } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';

/** One kind of leaf device: a gateway process reaches a real peer, which runs natively whatever runs the gateway. */
export interface LeafCase {
  readonly title: string;
  readonly needs: readonly Tool[];
  /** Opens the peers, then the gateway, and looks at the answers. The bench closes all of it. */
  run(bench: LeafBench): Promise<void>;
}

export interface LeafGateway {
  /** Namespace of the requests. */
  readonly capability: string;
  readonly grants: readonly unknown[];
  /** Members of `gateway.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly asks: readonly Ask[];
}

/** What starts Node, with options of its own. */
export type NodeWords = NonNullable<GatewayProcessOptions['node']>;

const ANSWER_MS = 90_000;

/** Runs a case on a Node, and closes what it opened. */
export class LeafBench {
  readonly #node: NodeWords;
  readonly #closers: (() => Promise<unknown>)[] = [];
  #gateway: GatewayProcess | undefined;

  private constructor(node: NodeWords) {
    this.#node = node;
  }

  static async run(node: NodeWords, { run }: LeafCase): Promise<void> {
    const bench = new LeafBench(node);
    try {
      await run(bench);
      assert.equal(await bench.#gateway?.close(), 0, bench.#gateway?.stderr);
      bench.#gateway = undefined;
    } finally {
      await bench.#gateway?.abort();
      for (const close of bench.#closers.reverse()) await close();
    }
  }

  /** Closes a peer behind the gateway, the last one first. */
  with<T extends { close(): Promise<unknown> } | { stop(): Promise<unknown> }>(peer: T): T {
    this.#closers.push(() => ('close' in peer ? peer.close() : peer.stop()));
    return peer;
  }

  /** Starts the gateway with one module, which makes these requests. */
  async open({ capability, grants, config, asks }: LeafGateway): Promise<void> {
    const settings = { grants: { [capability]: grants } };
    this.#gateway = await GatewayProcess.open(
      {
        modules: { asker: { wasm: askerWasm(capability, asks), settings } },
        routes: {},
        gateway: { deviceId: 'gw', devices: {}, ...config },
      },
      { node: this.#node },
    );
  }

  /** Waits for the first answer to a request that is as wanted. */
  answer(index: number, isWanted: (answer: Answer) => boolean = () => true): Promise<Answer> {
    const find = (): Answer | undefined => this.#answers().find((answer) => answer.index === index && isWanted(answer));
    return until(`the answer to request ${index}`, find, ANSWER_MS).catch((error: Error) => {
      const said = this.#gateway?.lines.slice(-20).map((line) => JSON.stringify(line)) ?? [];
      throw new Error([error.message, ...said, this.#gateway?.stderr].join('\n'), { cause: error });
    });
  }

  #answers(): Answer[] {
    return (this.#gateway?.lines ?? [])
      .filter(({ kind, module }) => kind === 'log' && module === 'asker')
      .flatMap(({ text }) => parseAnswer(text as string) ?? []);
  }
}
