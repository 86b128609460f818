import { clock } from '@gatehouse/sdk';

/** Most senders that are remembered; the one not heard for longest goes first. */
const SENDERS_MAX: i32 = 256;

class Sender {
  hash: u64 = 0;
  sentMs: f64 = -Infinity;
  heardMs: f64 = 0;

  constructor(readonly address: string) {}
}

/** What senders said last, so that one measurement which is advertised again and again becomes one message. */
export class Heard {
  private senders: Map<string, Sender> = new Map<string, Sender>();
  /** The same, to find the oldest without looking up each. */
  private list: Sender[] = [];

  /** Whether a sender says something else than last time, or the same after `repeatMs`; then it counts as said. */
  isNews(address: string, at: usize, bytes: i32, repeatMs: f64): bool {
    const now = clock.monotonic();
    const hash = hashOf(at, bytes);
    const sender = this.senders.has(address) ? this.senders.get(address) : this.add(address);
    sender.heardMs = now;
    if (hash == sender.hash && now - sender.sentMs < repeatMs) return false;
    sender.hash = hash;
    sender.sentMs = now;
    return true;
  }

  private add(address: string): Sender {
    const sender = new Sender(address);
    if (this.list.length < SENDERS_MAX) this.list.push(sender);
    else {
      const oldest = this.oldest();
      this.senders.delete(this.list[oldest].address);
      this.list[oldest] = sender;
    }
    this.senders.set(address, sender);
    return sender;
  }

  private oldest(): i32 {
    let oldest = 0;
    for (let i = 1; i < this.list.length; i++) if (this.list[i].heardMs < this.list[oldest].heardMs) oldest = i;
    return oldest;
  }
}

/** FNV-1a of 64 bits. */
function hashOf(at: usize, bytes: i32): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let i = 0; i < bytes; i++) hash = (hash ^ load<u8>(at + i)) * 0x100000001b3;
  return hash;
}
