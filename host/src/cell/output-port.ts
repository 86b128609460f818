import type { Route } from '../routes/index.ts';
import type { ByteQueue } from './byte-queue.ts';
import type { ModuleSlot } from './module-slot.ts';
import type { SharedRoom } from './shared-room.ts';

/** One route that leads from an output to an endpoint, with its counters. */
export interface RouteEntry {
  readonly index: number;
  readonly name: string;
  readonly route: Route;
  /** Lower first. */
  readonly priority: number;
  /** Messages for which its condition was true. */
  matched: number;
  /** Messages it matched that its endpoint had no room for. */
  dropped: number;
}

/** An input of a module as an endpoint of routes. */
export interface InputEndpoint {
  readonly slot: ModuleSlot;
  readonly input: number;
  readonly queue: ByteQueue;
}

/** A way on which there is nothing to decide. */
export interface DirectWay {
  readonly endpoint: InputEndpoint;
  readonly entry: RouteEntry;
}

/** Where messages of one output can go, with the routes that lead there. */
export interface Target {
  /** An input of this cell; undefined: the way leads through the host. */
  readonly endpoint: InputEndpoint | undefined;
  /** Whether it leads to an input of another cell, and not to `$upstream`. */
  readonly isRemote: boolean;
  /** For an input that pauses its producers, and has some in other cells. */
  readonly room: SharedRoom | undefined;
  /** By priority, so that the first that matches decides. */
  readonly entries: readonly RouteEntry[];
}

/** One output of a module: its name, the id that receivers see as source, its sequence and where its messages go. */
export class OutputPort {
  readonly id: number;
  readonly name: string;
  readonly source: number;
  /** Text for `message.source` [ABI-4.4]. */
  readonly sourceText: Uint8Array;
  targets: readonly Target[] = [];
  /** The only target, if it is an input of this cell that takes every message. */
  direct: DirectWay | undefined;
  /** Sequence of the last message emitted, uncommitted ones included. */
  sequence = 0;
  committedSequence = 0;
  /** Whether the event at hand emitted on it. */
  isTouched = false;

  constructor(id: number, name: string, source: number, sourceText: Uint8Array) {
    this.id = id;
    this.name = name;
    this.source = source;
    this.sourceText = sourceText;
  }
}
