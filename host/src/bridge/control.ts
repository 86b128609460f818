import type { ImageSpec } from '../cell/cell-image.ts';
import type { CellModuleSpec } from '../cell/module-slot.ts';
import type { CellRoute } from '../cell/router.ts';
import type { CellStatus } from '../cell/status.ts';
import type { StopReason } from '../cell/supervisor.ts';

import type { CrossingInput } from './crossing-input.ts';

/** What a cell thread is started with. */
export interface CellThreadData {
  readonly toHost: SharedArrayBuffer;
  readonly notices: SharedArrayBuffer;
  readonly fromHost: SharedArrayBuffer;
  readonly inbound: SharedArrayBuffer;
  readonly signal: SharedArrayBuffer;
  readonly activity: SharedArrayBuffer;
  readonly flow: SharedArrayBuffer;
  /** Number of producers in `flow`, and which of them this cell is. */
  readonly producers: number;
  readonly producer: number;
}

/** Host to cell: rare and large, so they travel as messages and not through the ring. Plain data and bytes only. */
export type CellControl =
  | { readonly kind: 'image'; readonly image: ImageSpec }
  | { readonly kind: 'install'; readonly spec: CellModuleSpec }
  | {
      readonly kind: 'routes';
      readonly routes: readonly CellRoute[];
      /** Inputs of other cells that routes lead to, and of this one that other cells send to. */
      readonly crossings?: readonly CrossingInput[];
    }
  | { readonly kind: 'start'; readonly slot: number }
  | { readonly kind: 'stop'; readonly slot: number; readonly reason: StopReason }
  | { readonly kind: 'remove'; readonly slot: number }
  | { readonly kind: 'status'; readonly id: number }
  | { readonly kind: 'ping' };

/**
 * Cell to host, besides the rings. `wake` says that a ring has something; `status` and `pong` answer, after all control before
 * them.
 */
export type CellReport =
  | { readonly kind: 'wake' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'status'; readonly id: number; readonly status: CellStatus };
