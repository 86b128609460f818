/** What the leaf of the tests offers, as noble writes UUIDs. */
export const LEAF = {
  service: 'fff0',
  /** Read: `LONG_VALUE`, which takes several ATT and ACL packets. */
  long: 'fff1',
  /** Read and write, with and without response. */
  store: 'fff2',
  /** Notify: a counter, u32. */
  counter: 'fff3',
  /** Write: number of notifications and their interval in milliseconds, u16 each. */
  start: 'fff4',
} as const;

export const LONG_VALUE = Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 7) & 0xff));
