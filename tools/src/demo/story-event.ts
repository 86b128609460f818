/** How a line is meant, for its colour. */
export type Tone = 'plain' | 'good' | 'notice' | 'bad' | 'dim';

/** One line of the list of events; `atMs` counts from the start of the demonstration. */
export interface StoryEvent {
  readonly atMs: number;
  readonly tone: Tone;
  /** Who says it: pump, sensor, host, a module, cloud. */
  readonly source: string;
  readonly text: string;
}
