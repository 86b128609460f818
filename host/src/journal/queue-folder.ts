const FOLDER = /^queue-(0|[1-9][0-9]{0,9})$/;

/** The folder of a queue in that of the journal. */
export const queueFolder = (priority: number): string => `queue-${priority}`;

/** Undefined for the name of anything else. */
export function priorityOf(folder: string): number | undefined {
  const digits = FOLDER.exec(folder)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
