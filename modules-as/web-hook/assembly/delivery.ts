import { Answer, clock, HttpAnswer, HttpServer, JsonValue, Status, Timer } from '@gatehouse/sdk';
import { DeliveryReport } from './delivery-report';
import { Format } from './escape';
import { HookSettings } from './hook-settings';
import { MessageQueue, WAITING_MAX } from './message-queue';
import { fill, fillForm } from './template';

/** Longest message that is kept, in characters. */
const MESSAGE_MAX: i32 = 4096;
const RETRY_FIRST_MS: i32 = 1_000;
const RETRY_MAX_MS: i32 = 300_000;
/** Longest pause that a server may ask for with `retry-after`. */
const PAUSE_MAX_MS: i32 = 3_600_000;

/** Sends messages one after the other. What is not confirmed stays and is sent again, later each time. */
export class Delivery {
  readonly queue: MessageQueue = new MessageQueue();
  private readonly report: DeliveryReport = new DeliveryReport();
  private readonly retry: Timer = new Timer(0);
  private settings: HookSettings | null = null;
  private server: HttpServer | null = null;
  /** The request whose answer is awaited, or 0. */
  private request: i32 = 0;
  private failures: i32 = 0;
  private isPausing: bool = false;

  /** Goes on with other settings, at once. */
  use(settings: HookSettings): void {
    this.settings = settings;
    this.server = new HttpServer(settings.server, settings.timeoutMs);
    this.resume();
  }

  take(message: JsonValue, text: string): void {
    if (!message.exists || text.length > MESSAGE_MAX) {
      this.report.invalid++;
    } else {
      if (this.queue.length == WAITING_MAX) this.makeRoom();
      this.queue.add(text);
    }
    this.send();
  }

  /** The pause behind a failure is over. */
  resume(): void {
    this.isPausing = false;
    this.send();
  }

  answered(answer: Answer): void {
    if (answer.request != this.request) return;
    this.request = 0;
    const http = HttpAnswer.of(answer);
    if (http.code >= 200 && http.code < 300) this.confirmed();
    else if (isFinal(http.code)) this.refuse(answer.status, http.code);
    else this.pause(answer.status, http.code, pauseAsked(http));
    this.send();
  }

  /** Sends the oldest message, unless one is under way, nothing waits, or the server needs time. */
  private send(): void {
    const server = this.server;
    const settings = this.settings;
    while (server !== null && settings !== null && this.request == 0 && !this.isPausing && this.queue.length > 0) {
      const id = server.postText(settings.path, bodyOf(settings, this.queue.oldest), settings.contentType);
      if (id > 0) this.request = id;
      // One request is under way at most, so that the limit is the length of the body.
      else if (id == Status.Limit) this.refuse(id, 0);
      else this.pause(id, 0, 0);
    }
    const state = server === null ? 'off' : this.failures > 0 ? 'retrying' : 'ok';
    this.report.show(state, this.queue.length);
  }

  private confirmed(): void {
    this.report.confirmed++;
    this.failures = 0;
    this.queue.remove(0);
  }

  /** Gives a message up that would be refused again. */
  private refuse(status: i32, code: i32): void {
    this.report.refused++;
    this.report.failed(status, code, clock.time());
    this.failures = 0;
    this.queue.remove(0);
  }

  private pause(status: i32, code: i32, atLeastMs: i32): void {
    this.report.failed(status, code, clock.time());
    const delayMs = this.failures > 8 ? RETRY_MAX_MS : min(RETRY_FIRST_MS << this.failures, RETRY_MAX_MS);
    this.failures++;
    this.isPausing = true;
    this.retry.once(max(delayMs, atLeastMs));
  }

  /** Drops the oldest message, but for the one that is under way. */
  private makeRoom(): void {
    this.report.dropped++;
    this.queue.remove(this.request == 0 ? 0 : 1);
  }
}

/** Whether a server says that it is the message which is wrong; any other answer may be another one tomorrow. */
function isFinal(code: i32): bool {
  return code == 400 || code == 413 || code == 414 || code == 415 || code == 422;
}

/** Milliseconds of a header `retry-after` in seconds; 0 without one. */
function pauseAsked(answer: HttpAnswer): i32 {
  const header = answer.header('retry-after');
  if (header === null) return 0;
  const seconds = parseInt(header, 10);
  return seconds > 0 ? <i32>min(seconds * 1_000, <f64>PAUSE_MAX_MS) : 0;
}

function bodyOf(settings: HookSettings, text: string): string {
  const template = settings.body;
  if (template === null) return text;
  const message = JsonValue.fromText(text);
  if (settings.format == Format.Form) return fillForm(JsonValue.fromText(template), message);
  return fill(template, message, settings.format);
}
