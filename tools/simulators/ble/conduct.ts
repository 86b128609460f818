import { Corruptor } from './corruption.ts';

/** How a device behaves on the air, which its host does not know: the control channel sets it. */
export class Conduct {
  /** How strongly others receive it. */
  rssiDbm = -60;
  /** Time that its packets spend on the way. */
  delayMs = 0;
  /** Holds back everything it would send. */
  isSilent = false;
  readonly corruptor = new Corruptor();
}
