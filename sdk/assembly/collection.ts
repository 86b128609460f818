/** Frees what the event left behind. No reference is on the stack here, as the collector requires. */
export function collectWhenDue(): void {
  __collect();
}
