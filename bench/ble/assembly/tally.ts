// Subscribes to seven leaves and counts what they notify, as `Tally` of ../tally.ts does; says so in its log when nothing comes any more.
import {
  Answer,
  BleDevice,
  BleValue,
  clock,
  JsonWriter,
  log,
  Module,
  run,
  Start,
  Timer,
  TimerEvent,
} from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

const LEAVES = 7;
const LOOK_MS = 250;
const BUCKET_MS: f64 = 0.1;
const BUCKETS = 50_000;

class BleTally extends Module {
  private readonly look: Timer = new Timer(0);
  private readonly subscriptions: StaticArray<u32> = new StaticArray<u32>(LEAVES);
  private readonly next: StaticArray<u32> = new StaticArray<u32>(LEAVES);
  private readonly buckets: StaticArray<u32> = new StaticArray<u32>(BUCKETS);
  private links: i32 = 0;
  private phase: i32 = 0;
  private received: u32 = 0;
  private outOfOrder: u32 = 0;
  private firstMs: f64 = 0;
  private lastMs: f64 = 0;
  private told: u32 = 0;
  private seen: u32 = 0;

  onStart(start: Start): void {
    for (let leaf = 0; leaf < LEAVES; leaf++)
      this.subscriptions[leaf] = new BleDevice(`leaf-${leaf + 1}`).characteristic('fff0/fff3').subscribe();
    this.look.every(LOOK_MS);
  }

  onAnswer(answer: Answer): void {
    const value = BleValue.of(answer);
    if (value.isValue) this.take(value);
    else if (answer.isOk && ++this.links == LEAVES) log.info('{"kind":"subscribed"}');
  }

  onTimer(timer: TimerEvent): void {
    const isQuiet = this.received == this.seen && this.received != this.told;
    this.seen = this.received;
    if (!isQuiet) return;
    this.told = this.received;
    const heard = JsonWriter.object()
      .set('kind', 'heard')
      .set('phase', this.phase)
      .set('received', <i32>this.received)
      .set('outOfOrder', <i32>this.outOfOrder)
      .set('ms', this.lastMs - this.firstMs)
      .set('p50Ms', this.latencyMs(0.5))
      .set('p99Ms', this.latencyMs(0.99));
    log.info(heard.toString());
  }

  private take(value: BleValue): void {
    const now = clock.monotonic();
    if (value.u8(0) != this.phase) this.begin(value.u8(0), now);
    let leaf = 0;
    while (this.subscriptions[leaf] != value.request) leaf++;
    const number = value.u32(1);
    if (number != this.next[leaf]) this.outOfOrder++;
    this.next[leaf] = number + 1;
    this.received++;
    this.lastMs = now;
    const sentMs = load<f64>(value.payloadPointer + 5);
    const bucket = <i32>Math.floor((now + 0.5 - sentMs) / BUCKET_MS);
    this.buckets[max(0, min(bucket, BUCKETS - 1))]++;
  }

  private begin(phase: i32, now: f64): void {
    this.phase = phase;
    this.firstMs = now;
    this.received = this.outOfOrder = this.told = this.seen = 0;
    this.buckets.fill(0);
    this.next.fill(0);
  }

  private latencyMs(share: f64): f64 {
    const wanted = <u32>(<f64>this.received * share);
    let passed: u32 = 0;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && passed + this.buckets[bucket] <= wanted) passed += this.buckets[bucket++];
    return (<f64>bucket + 0.5) * BUCKET_MS;
  }
}

run(new BleTally());
