import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPeer } from './install-peers.ts';

const LINKS = 3;
/** Messages on their way at the same time: Node-RED hands each on in a turn of the event loop, which many share. */
const IN_FLIGHT = 1_000;
const START_DEADLINE_MS = 120_000;

interface RedNode {
  receive(message: { readonly payload: Buffer }): void;
  send(message: unknown): void;
}

interface NodeRed {
  init(server: unknown, settings: Readonly<Record<string, unknown>>): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly nodes: { getNode(id: string): RedNode | null };
  readonly events: { once(event: string, listener: () => void): void };
}

/** Node-RED's runtime in this process, without editor and HTTP, with three function nodes that send on what they get. */
export class NodeRedChain {
  readonly #red: NodeRed;
  readonly #folder: string;
  readonly #first: RedNode;
  readonly #body: Buffer;
  #arrived = 0;
  #onAll: () => void = () => undefined;

  private constructor(red: NodeRed, folder: string, bodyBytes: number) {
    this.#red = red;
    this.#folder = folder;
    this.#body = Buffer.alloc(bodyBytes);
    this.#first = nodeOf(red, 0);
    // What the last one sends is counted where it leaves: a fourth node would cost Node-RED another hop.
    nodeOf(red, LINKS - 1).send = () => {
      if (++this.#arrived % IN_FLIGHT === 0) this.#onAll();
    };
  }

  static async open(bodyBytes: number): Promise<NodeRedChain> {
    const red = await importPeer<NodeRed>('node-red');
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-node-red-'));
    const started = new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error('Node-RED does not start its flows')), START_DEADLINE_MS);
      red.events.once('flows:started', () => {
        clearTimeout(deadline);
        resolve();
      });
    });
    red.init(createServer(), {
      userDir: folder,
      httpAdminRoot: false,
      httpNodeRoot: false,
      logging: { console: { level: 'fatal', metrics: false, audit: false } },
      telemetry: { enabled: false },
      storageModule: storage(),
    });
    await red.start();
    await started;
    return new NodeRedChain(red, folder, bodyBytes);
  }

  /** Runs for some time and returns how many messages went through the chain. */
  async run(ms: number): Promise<number> {
    let messages = 0;
    const began = performance.now();
    while (performance.now() - began < ms) {
      const all = new Promise<void>((resolve) => {
        this.#onAll = resolve;
      });
      for (let index = 0; index < IN_FLIGHT; index++) this.#first.receive({ payload: Buffer.from(this.#body) });
      await all;
      messages += IN_FLIGHT;
    }
    return messages;
  }

  async close(): Promise<void> {
    await this.#red.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function nodeOf(red: NodeRed, index: number): RedNode {
  const node = red.nodes.getNode(`function-${index}`);
  if (node === null) throw new Error('Node-RED did not create the function nodes');
  return node;
}

/** Flows from memory; nothing is saved. */
function storage(): Readonly<Record<string, unknown>> {
  const functions = Array.from({ length: LINKS }, (_, index) => ({
    ...{ id: `function-${index}`, type: 'function', z: 'flow', name: '', func: 'return msg;', outputs: 1, timeout: 0 },
    ...{ initialize: '', finalize: '', libs: [], wires: [index + 1 < LINKS ? [`function-${index + 1}`] : []] },
  }));
  const flows = [{ id: 'flow', type: 'tab', label: 'chain', disabled: false }, ...functions];
  const nothing = async () => ({});
  return {
    init: async () => undefined,
    getFlows: async () => flows,
    saveFlows: async () => undefined,
    getCredentials: nothing,
    saveCredentials: async () => undefined,
    getSettings: nothing,
    saveSettings: async () => undefined,
    getSessions: nothing,
    saveSessions: async () => undefined,
    getLibraryEntry: async () => [],
    saveLibraryEntry: async () => undefined,
  };
}
