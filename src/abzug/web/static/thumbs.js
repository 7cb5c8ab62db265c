/**
 * Small pictures of local files. A camera's JPEG decodes to 50 MB of pixels: only what is on the
 * screen is read, two at a time, and kept as a small JPEG.
 */

/** @import {Item} from "./batch.js" */

const LONG_SIDE = 420;
const LANES = 2;
const KEPT = 400;

export class Thumbs {
  /** URL; null: the browser cannot show it.
   * @type {Map<Item, string | null>} */
  #made = new Map();
  /** @type {Item[]} */
  #wanted = [];
  #active = 0;
  #onChange;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * @param {Item} item
   * @returns {string | null} where there is none (yet)
   */
  get(item) {
    const url = this.#made.get(item) ?? null;
    if (url) {
      this.#made.delete(item); // to the end: the least recently shown goes first
      this.#made.set(item, url);
    }
    return url;
  }

  /** @param {Item[]} items those on the screen; what was wanted before and not begun is dropped */
  want(items) {
    this.#wanted = items.filter((item) => item.file && !this.#made.has(item)).reverse();
    this.#pump();
  }

  #pump() {
    while (this.#active < LANES) {
      const item = this.#wanted.pop();
      if (!item) return;
      this.#active += 1;
      this.#made.set(item, null);
      this.#make(item).finally(() => {
        this.#active -= 1;
        this.#pump();
      });
    }
  }

  /** @param {Item} item */
  async #make(item) {
    const url = await thumbnail(/** @type {File} */ (item.file));
    this.#made.set(item, url);
    this.#trim();
    if (url) this.#onChange();
  }

  #trim() {
    for (const [item, url] of this.#made) {
      if (this.#made.size <= KEPT) return;
      if (url) URL.revokeObjectURL(url);
      this.#made.delete(item);
    }
  }
}

/**
 * @param {File} file
 * @returns {Promise<string | null>} object URL; null where the browser cannot decode the file
 */
async function thumbnail(file) {
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { resizeWidth: LONG_SIDE, resizeQuality: "medium" });
  } catch {
    return null; // HEIC, TIFF, a damaged file: the worker will tell
  }
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return URL.createObjectURL(await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 }));
}
