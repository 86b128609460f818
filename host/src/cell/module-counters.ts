/** What happened to a module since the host started; every name is a counter. */
export interface ModuleCounters {
  /** Events handled, refused ones included. */
  events: number;
  /** Messages emitted by events that committed. */
  emitted: number;
  refused: number;
  /** Traps of every cause. */
  trapped: number;
  /** Among them: calls that needed more fuel than one may. */
  outOfFuel: number;
  /** Among them: calls that needed more stack than one may. */
  outOfStack: number;
  /** Times that it was paused because its quota of fuel was used up. */
  fuelPauses: number;
  /** Calls of imports while an event was handled. */
  hostCalls: number;
  /** Messages that no route took. */
  unrouted: number;
  denied: number;
  /** Calls with a bad pointer, length, id, flag or encoding. */
  invalid: number;
  /** Inputs and outputs asked for that the module's description does not list. */
  unlisted: number;
  messageLimit: number;
  /** Messages refused because there were too many in a second. */
  messageRate: number;
  /** Calls refused because the host had already read as much JSON for the event as one call may cost. */
  jsonLimit: number;
  timerLimit: number;
  requestLimit: number;
  stateLimit: number;
  twinLimit: number;
  /** Messages that found no room in a queue. */
  queueFull: number;
  hopsExceeded: number;
  deadLettered: number;
  logDropped: number;
  /** Events from the host that found no room while the module was paused. */
  mailDropped: number;
}

export function createCounters(): ModuleCounters {
  return {
    events: 0,
    emitted: 0,
    refused: 0,
    trapped: 0,
    outOfFuel: 0,
    outOfStack: 0,
    fuelPauses: 0,
    hostCalls: 0,
    unrouted: 0,
    denied: 0,
    invalid: 0,
    unlisted: 0,
    messageLimit: 0,
    messageRate: 0,
    jsonLimit: 0,
    timerLimit: 0,
    requestLimit: 0,
    stateLimit: 0,
    twinLimit: 0,
    queueFull: 0,
    hopsExceeded: 0,
    deadLettered: 0,
    logDropped: 0,
    mailDropped: 0,
  };
}
