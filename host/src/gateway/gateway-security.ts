import type { GatewayConfig } from '../configuration/index.ts';
import type { Problem } from '../errors.ts';
import { type SecurityEvent, SecurityEvents, SecurityLog, securityEventJson } from '../security/index.ts';
import { LEVEL, type Log, type LogEntry } from './log.ts';

/** Output of the host's own module that security events come from. */
export const SECURITY_OUTPUT = 'security';
/** How often is looked whether events that had to wait can be told. */
const TELL_EVERY_MS = 1_000;

/** Sends a security event into the routes. */
type Publish = (output: string, body: Uint8Array) => unknown;

/**
 * Sees to it that what concerns security is seen: every entry of the log with such a code becomes an event, for the security
 * log, for the reported twin and for routes.
 */
export class GatewaySecurity {
  readonly events = new SecurityEvents({ now: () => Date.now(), monotonic: () => performance.now() });
  /** Takes the place of the log that was given. */
  readonly log: Log;
  readonly file: SecurityLog | undefined;
  readonly #timer: NodeJS.Timeout;
  #publish: Publish | undefined;

  constructor({ securityLog }: GatewayConfig, log: Log) {
    this.log = (entry) => {
      log(entry);
      this.#report(entry);
    };
    this.file =
      securityLog &&
      new SecurityLog({
        ...securityLog,
        onTrouble: ({ message }) =>
          log({
            level: LEVEL.error,
            code: 'SECURITY_LOG_LOST',
            text: `the security log ${securityLog.file} cannot be written: ${message}`,
          }),
        onRecovered: (count) =>
          this.log({
            level: LEVEL.warning,
            code: 'SECURITY_LOG_LOST',
            text: `the security log is written again; events that it lacks: ${count}`,
            count,
          }),
      });
    this.events.listen((event) => this.#tell(event));
    this.#timer = setInterval(() => this.events.tellDue(), TELL_EVERY_MS);
    this.#timer.unref();
  }

  /** Says of each module that was not fit to start why. */
  refused(problems: readonly Problem[]): void {
    for (const { severity, module, code, message } of problems)
      if (severity === 'error' && module !== undefined)
        this.log({ level: LEVEL.error, module, code, text: `module is refused: ${message}` });
  }

  /** Sends events into the routes from now on, and those of before. */
  publishBy(publish: Publish): void {
    this.#publish = publish;
    for (const event of this.events.recent) this.#send(event);
  }

  /** Nothing goes into the routes any more. */
  stopPublishing(): void {
    this.#publish = undefined;
  }

  /** Tells what had to wait, and writes it. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.events.tellAll();
    await this.file?.close();
  }

  #report({ code, module, text, count, details }: LogEntry): void {
    if (code === undefined) return;
    const identity = details?.['identity'];
    this.events.report({
      ...{ code, text },
      ...(module === undefined ? {} : { module }),
      ...(typeof identity === 'string' ? { identity } : {}),
      ...(count === undefined ? {} : { count }),
    });
  }

  #tell(event: SecurityEvent): void {
    this.file?.append(event);
    this.#send(event);
  }

  #send(event: SecurityEvent): void {
    this.#publish?.(SECURITY_OUTPUT, Buffer.from(securityEventJson(event)));
  }
}
