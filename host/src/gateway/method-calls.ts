import { GatehouseError } from '../errors.ts';
import type { JsonValue } from '../json/index.ts';

export interface MethodResponse {
  /** By the module's choice, 200 for success by custom. */
  readonly status: number;
  /** Absent when the module answered without one. */
  readonly payload?: JsonValue;
}

interface Pending {
  readonly module: string;
  readonly settle: (response: MethodResponse | GatehouseError) => void;
}

/** The way to the module that is called. */
interface Delivery {
  /** Gets the id of the call; returns whether it was delivered. */
  send(id: number): boolean;
  /** Nobody waits for the response any more. */
  timedOut(id: number): void;
}

/** Direct method calls that wait for a module's response, each with a deadline. */
export class MethodCalls {
  readonly #pending = new Map<number, Pending>();
  #next = 1;

  /** Opens a call. */
  call(module: string, timeoutMs: number, delivery: Delivery): Promise<MethodResponse> {
    const id = this.#next;
    this.#next = id === 0x7fff_ffff ? 1 : id + 1;
    return new Promise((resolve, reject) => {
      const settle = (outcome: MethodResponse | GatehouseError): void => {
        clearTimeout(deadline);
        this.#pending.delete(id);
        if (outcome instanceof GatehouseError) reject(outcome);
        else resolve(outcome);
      };
      const deadline = setTimeout(() => {
        delivery.timedOut(id);
        settle(new GatehouseError('METHOD_TIMEOUT', `module ${module} did not answer within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(id, { module, settle });
      if (!delivery.send(id)) settle(new GatehouseError('LIMIT_QUEUE', 'too much waits for the modules already'));
    });
  }

  /** A module answered; late answers are ignored. */
  respond(id: number, status: number, payload: string): void {
    this.#pending.get(id)?.settle(payload === '' ? { status } : { status, payload: JSON.parse(payload) as JsonValue });
  }

  /** Answers every call of a module that failed with 500 [ABI-3.2]. */
  failModule(module: string): void {
    for (const call of [...this.#pending.values()]) if (call.module === module) call.settle({ status: 500 });
  }

  /** Gives up every call. */
  abort(): void {
    for (const call of [...this.#pending.values()]) call.settle(new GatehouseError('ABORTED', 'the host is closing'));
  }
}
