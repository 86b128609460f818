export type { Durability } from './committer.ts';
export { type JournalEnvironment, systemEnvironment } from './environment.ts';
export { Journal, type JournalOptions, type JournalStatus } from './journal.ts';
export type { JournalEvents } from './journal-events.ts';
export type { Appended, JournalQueue, NewMessage } from './journal-queue.ts';
export type { JournalTime } from './journal-time.ts';
export type { Departure, Outbox } from './outbox.ts';
export type { QueueCounters } from './queue-counters.ts';
export { QUEUE_DEFAULTS, type QueueOptions, type QuotaPolicy } from './queue-options.ts';
