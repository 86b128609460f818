import type { JsonValue } from '../json/value.ts';
import type { RouteMessage } from './route-message.ts';

/**
 * What readers of one route share while they evaluate one message: the message, and its body once it was asked for. A route has
 * one and uses it again, so that evaluating allocates nothing; it must not be entered twice at a time.
 */
export class Evaluation {
  #message: RouteMessage | undefined;
  #body: JsonValue | undefined;
  #hasBody = false;
  #twinChange: JsonValue | undefined;
  #hasTwinChange = false;

  /** Evaluates for one message and forgets it, so that a large body is not kept alive. */
  run<Result>(message: RouteMessage, read: Reader<Result>): Result {
    this.#message = message;
    try {
      return read(this);
    } finally {
      this.#message = undefined;
      this.#body = undefined;
      this.#hasBody = false;
      this.#twinChange = undefined;
      this.#hasTwinChange = false;
    }
  }

  get message(): RouteMessage {
    return this.#message!;
  }

  get body(): JsonValue | undefined {
    if (!this.#hasBody) {
      this.#body = this.message.body();
      this.#hasBody = true;
    }
    return this.#body;
  }

  get twinChange(): JsonValue | undefined {
    if (!this.#hasTwinChange) {
      this.#twinChange = this.message.twinChange === undefined ? this.body : this.message.twinChange();
      this.#hasTwinChange = true;
    }
    return this.#twinChange;
  }
}

/** A compiled expression: reads its value for the message at hand. */
export type Reader<Value> = (evaluation: Evaluation) => Value;
