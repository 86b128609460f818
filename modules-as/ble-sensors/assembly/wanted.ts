import { clock } from '@gatehouse/sdk';

/** Pauses between attempts: doubling. */
const RETRY_MIN_MS: f64 = 5_000;
const RETRY_MAX_MS: f64 = 60_000;

/** A subscription that is wanted: the request that is it, or when it is to be asked for again. */
export class Wanted {
  /** Id of the request, or 0. */
  request: i32 = 0;
  private nextMs: f64 = -Infinity;
  private pauseMs: f64 = RETRY_MIN_MS;

  get isDue(): bool {
    return this.request == 0 && clock.monotonic() >= this.nextMs;
  }

  /** Notes what a request to subscribe returned. */
  asked(request: i32): void {
    if (request > 0) this.request = request;
    else this.lost();
  }

  /** It was refused, or is over. */
  lost(): void {
    this.request = 0;
    this.nextMs = clock.monotonic() + this.pauseMs;
    this.pauseMs = min(this.pauseMs * 2, RETRY_MAX_MS);
  }

  /** It works. */
  works(): void {
    this.pauseMs = RETRY_MIN_MS;
  }
}
