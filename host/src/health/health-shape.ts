import { boolean, integer, list, object, oneOf, optional, required, type Shape, text } from '../json/index.ts';
import { REPORT_LIMITS } from '../limits.ts';

/** `pass`: as it is to be. `warn`: it works, but something is not well. `fail`: it does not do what it is there for. */
export type HealthStatus = 'pass' | 'warn' | 'fail';

/** What later versions add is no error. */
const OPEN = { unusedKeys: /^/ };
const status = oneOf('pass', 'warn', 'fail');
const name = text({ maxBytes: REPORT_LIMITS.healthTextBytes });
const count = integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

const host = object(
  {
    phase: required(
      oneOf('starting', 'running', 'stopping'),
      'Until every thread has started its modules it is starting.',
    ),
    uptimeSeconds: required(count, 'How long it has run.'),
    memoryBytes: required(count, 'Resident memory of the whole process.'),
    threads: required(
      list(
        object(
          {
            name: required(name, 'Which modules it runs.'),
            silentSeconds: required(count, 'How long it has owed an answer.'),
          },
          OPEN,
        ),
        { max: REPORT_LIMITS.healthEntries, items: 'threads' },
      ),
      'The threads that run modules.',
    ),
  },
  OPEN,
);

const module = object(
  {
    name: required(name, 'Id of the module.'),
    status: required(status, '`warn` when it is to run and does not.'),
    state: required(name, 'State, as in operations.md, or `refused` for one that is not fit to start.'),
    pausedBy: optional(name, 'Why it is paused: `fuel` or `room`.'),
    code: optional(name, 'Why it failed, by the code of errors.md.'),
    retryInSeconds: optional(count, 'Until its next start.'),
    restarts: required(count, 'Starts after a failure.'),
    events: required(count, 'Events that it has handled.'),
  },
  OPEN,
);

const uplink = object(
  {
    status: required(status, '`warn` while it is not connected.'),
    connected: required(boolean, 'Whether every connection that is in use is up.'),
    code: optional(name, 'Why it is not.'),
    sent: required(count, 'Messages that the hub has acknowledged.'),
    queued: required(count, 'Messages that wait for the hub.'),
    queuedBytes: required(count, 'The room that they take.'),
    dropped: required(count, 'Messages that were given up for lack of room.'),
  },
  OPEN,
);

const device = object(
  {
    name: required(name, 'Name of the device, or origin of a server over HTTP.'),
    status: required(status, '`warn` while it cannot be reached, and for a minute after something went wrong with it.'),
    state: optional(name, 'What its driver says, such as `connected` or `waiting`.'),
    code: optional(name, 'What went wrong with it last.'),
  },
  OPEN,
);

const disk = object(
  {
    status: required(status, '`warn` when little is free.'),
    freeBytes: required(count, 'What the host may still write.'),
    totalBytes: required(count, 'Size of the file system.'),
  },
  OPEN,
);

const journal = object(
  {
    messages: required(count, 'Messages that wait in it.'),
    bytes: required(count, 'The room that they take on disk.'),
  },
  OPEN,
);

/** What `/health` serves. The one description for the host that writes it, for who reads it, and for `docs/schema/health.json`. */
export const healthShape = object(
  {
    status: required(
      status,
      '`pass`: all is well. `warn`: it works, but something is not well. `fail`: not live or not ready.',
    ),
    live: required(boolean, 'Whether all threads turn. If not, only a new start helps.'),
    ready: required(boolean, 'Whether it is live, has started, and is not stopping.'),
    reasons: required(
      list(text({ maxBytes: REPORT_LIMITS.healthReasonBytes }), {
        max: REPORT_LIMITS.healthReasons,
        items: 'sentences',
      }),
      'Why the status is not `pass`, for people.',
    ),
    deviceId: required(name, 'Id of the gateway.'),
    version: required(name, 'Version of the host.'),
    host: required(host, 'The process.'),
    modules: required(
      list(module, { max: REPORT_LIMITS.healthEntries, items: 'modules' }),
      'All modules of the deployment.',
    ),
    uplink: optional(uplink, 'The way to the hub; absent without one.'),
    devices: required(list(device, { max: REPORT_LIMITS.healthEntries, items: 'devices' }), 'All devices.'),
    disk: optional(disk, 'The file system of the state folder; absent without one, and where it does not answer.'),
    journal: optional(journal, 'Messages on disk; absent without a journal.'),
  },
  { ...OPEN, expected: 'the health of a Gatehouse host' },
);

/** How a gateway is. */
export type Health = typeof healthShape extends Shape<infer T> ? T : never;
