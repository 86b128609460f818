import { Satellite, Sky } from './sky';

/** Most lists at once: a receiver of five systems with three signals each. */
const LISTS_MAX: i32 = 16;

/** The parts of one list, as far as they have come. */
class PartialList {
  /** The part that has to come; 0 while parts are passed over until a list begins. */
  next: i32 = 1;
  parts: i32 = 0;
  satellites: Satellite[] = [];

  constructor(readonly key: i32) {}

  restart(next: i32, parts: i32): void {
    this.next = next;
    this.parts = parts;
    this.satellites = [];
  }
}

/**
 * Puts the parts of GSV sentences together, those of each talker and signal by themselves. A list comes out only when all of its parts
 * came in their order; one that is not whole is counted once.
 */
export class SkyParts {
  incomplete: u32 = 0;
  private lists: PartialList[] = [];

  /** Takes a part, and puts the whole list into `sky` with the last. Whether it did. */
  take(key: i32, sky: Sky): bool {
    const list = this.listOf(key);
    if (sky.part == 1) {
      if (list.next > 1) this.incomplete++;
      list.restart(1, sky.parts);
    } else if (sky.part != list.next || sky.parts != list.parts) {
      if (list.next > 0) this.incomplete++;
      list.restart(0, 0);
      return false;
    }
    list.next++;
    for (let i = 0; i < sky.inView.length; i++) list.satellites.push(sky.inView[i]);
    if (sky.part < sky.parts) return false;
    sky.inView = list.satellites;
    list.restart(1, 0);
    return true;
  }

  private listOf(key: i32): PartialList {
    for (let i = 0; i < this.lists.length; i++) if (this.lists[i].key == key) return this.lists[i];
    if (this.lists.length == LISTS_MAX && this.lists.shift().next > 1) this.incomplete++;
    const list = new PartialList(key);
    this.lists.push(list);
    return list;
  }
}
