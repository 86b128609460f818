/** A function that a module may import: all parameters and the one result are `i32` [ABI-4]. */
export interface ImportSignature {
  readonly parameters: number;
}

const REQUEST = { request: { parameters: 2 } } as const;

/** Everything a module may import, by namespace and name [ABI-4]. The namespace is the capability. */
export const IMPORTS: Readonly<Record<string, Readonly<Record<string, ImportSignature>>>> = {
  message: {
    input: { parameters: 2 },
    output: { parameters: 2 },
    emit: { parameters: 6 },
    source: { parameters: 3 },
  },
  log: { write: { parameters: 3 }, abort: { parameters: 6 } },
  timer: { set: { parameters: 3 }, clear: { parameters: 1 } },
  twin: { report: { parameters: 2 } },
  method: { respond: { parameters: 4 } },
  kv: { get: { parameters: 4 }, set: { parameters: 4 }, remove: { parameters: 2 } },
  modbus: REQUEST,
  serial: REQUEST,
  http: REQUEST,
  ble: REQUEST,
  mqtt: REQUEST,
  'modbus-server': REQUEST,
};

/** Namespaces that every module has; each of the others needs a grant of the same name. */
export const FREE_NAMESPACES: readonly string[] = ['message', 'log', 'timer', 'twin', 'method'];
