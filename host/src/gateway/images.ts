import type { ImageSpec } from '../cell/cell-image.ts';
import type { ModuleImage } from '../check/index.ts';

/** Numbers the images of a gateway, by which modules refer to them in a cell. */
export class Images {
  readonly #ids = new Map<ModuleImage, number>();

  idOf(image: ModuleImage): number {
    const known = this.#ids.get(image);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(image, id);
    return id;
  }

  /** What a cell must have before it can take modules that refer to `ids`, each once. */
  specsOf(ids: Iterable<number>): ImageSpec[] {
    const wanted = new Set(ids);
    return [...this.#ids].filter(([, id]) => wanted.has(id)).map(([{ wasm, meter }, id]) => ({ id, wasm, meter }));
  }
}
