import type { Clock } from '../clock.ts';
import type { SerialConfig } from './config.ts';
import { DelimiterFramer } from './delimiter-framer.ts';
import type { Framer, FramerEvents } from './framer.ts';
import { LengthFramer } from './length-framer.ts';
import { SilenceFramer } from './silence-framer.ts';

/** What cuts frames as the configuration of a port says. */
export function createFramer({ framing, frameBytes }: SerialConfig, clock: Clock, events: FramerEvents): Framer {
  switch (framing.type) {
    case 'delimiter':
      return new DelimiterFramer(new TextEncoder().encode(framing.delimiter), frameBytes, events);
    case 'length':
      return new LengthFramer(framing, frameBytes, clock, events);
    case 'silence':
      return new SilenceFramer(framing.gapMs, frameBytes, clock, events);
    default:
      return framing satisfies never;
  }
}
