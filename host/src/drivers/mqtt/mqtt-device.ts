import type { ModuleSession } from '../module-session.ts';
import type { PublishJob } from './publish-job.ts';

/** A broker or a listener as the driver knows it. */
export interface MqttDevice {
  readonly name: string;
  /** Its name in UTF-8. */
  readonly nameBytes: Uint8Array;
  open(): void;
  /** Takes a message of a module; every one ends. */
  publish(job: PublishJob): void;
  /** Ends what a module that failed has asked for and was not sent. */
  forget(session: ModuleSession): void;
  status(): Record<string, unknown>;
  close(): Promise<void>;
}
