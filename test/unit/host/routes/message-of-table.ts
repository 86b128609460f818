import type { RouteMessage } from '../../../../host/src/routes/index.ts';

/** A message as the tables under `test/vectors/routes` describe it; without `body` and `bodyText` its body is no JSON. */
export interface TableMessage {
  readonly properties: Readonly<Record<string, string>>;
  readonly system: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The body as JSON text, for what a table in JSON cannot hold as a value. */
  readonly bodyText?: string;
}

/** A message that counts how often it was asked for its body. */
export function messageOfTable(table: TableMessage): RouteMessage & { readonly bodyReads: number } {
  const properties = withoutCase(table.properties);
  const system = withoutCase(table.system);
  const body = table.bodyText === undefined ? table.body : JSON.parse(table.bodyText);
  return {
    bodyReads: 0,
    property: (name) => properties.get(name.toLowerCase()),
    system: (name) => system.get(name.toLowerCase()),
    body() {
      (this as { bodyReads: number }).bodyReads++;
      return body;
    },
  };
}

const withoutCase = (values: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
