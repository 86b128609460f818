import { decodeAnswer } from '../../../host/src/drivers/modbus/answer-blocks.ts';
import type { Answer } from '../../lib/asker.ts';

/** Readings of two registers, of which the first counts requests and the second is its complement. */
export class HealthyReadings {
  readonly wrong: string[] = [];
  #count = 0;
  #before = -1;

  get count(): number {
    return this.#count;
  }

  take({ status, detail, payload }: Answer): void {
    const [value, complement] = decodeAnswer(payload)?.[0]?.values ?? [];
    const isRight = status === 0 && value !== undefined && complement === (~value & 0xffff) && value > this.#before;
    if (isRight) this.#before = value;
    else this.wrong.push(`${status} ${detail} ${value} ${complement} behind ${this.#before}`);
    this.#count++;
  }
}
