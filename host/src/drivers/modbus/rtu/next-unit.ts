import { NOTHING_WAITS } from '../device-link.ts';
import type { LineUnit } from './line-unit.ts';

/** Whose turn it is: the most urgent unit, and among equals the one whose turn was longest ago. Undefined when none wants one. */
export function nextUnit(units: readonly LineUnit[]): LineUnit | undefined {
  let next: LineUnit | undefined;
  let best = NOTHING_WAITS;
  for (const unit of units) {
    const urgency = unit.urgency();
    if (urgency > best || (next !== undefined && urgency === best && unit.lastTurn(urgency) < next.lastTurn(best))) {
      next = unit;
      best = urgency;
    }
  }
  return next;
}
