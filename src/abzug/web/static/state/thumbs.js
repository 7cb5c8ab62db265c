/**
 * Small pictures of local files. A camera's JPEG decodes to 50 MB of pixels: only what is on the
 * screen is read, two at a time, and kept as a small JPEG. Of what the browser cannot read (RAW,
 * HEIC), or has no file of any more, a worker makes the picture, if editing has not begun: then
 * the result shows soon.
 */

import { ApiError, fetchProxy } from "../server/api.js";

/** @import {Item} from "./batch.js" */

const LONG_SIDE = 420;
const LANES = 2;
const ASKED_AT_A_TIME = 4;
const KEPT = 400;
const MOST_PATIENCE = 60_000; // ms

export class Thumbs {
  /** URL; null: the browser cannot show it.
   * @type {Map<Item, string | null>} */
  #made = new Map();
  /** @type {Item[]} */
  #wanted = [];
  #active = 0;
  /** Those whose file the browser cannot read.
   * @type {WeakSet<Item>} */
  #unreadable = new WeakSet();
  /** Those that a worker was asked for.
   * @type {WeakSet<Item>} */
  #asked = new WeakSet();
  /** @type {Item[]} */
  #askable = [];
  #asking = 0;
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
    this.#askable = items.filter((item) => this.#isAskable(item)).reverse();
    this.#pump();
    this.#ask();
  }

  /** @param {Item} item */
  #isAskable(item) {
    const unseen = !item.file || this.#unreadable.has(item);
    return item.state === "ready" && unseen && !this.#asked.has(item);
  }

  /** A few at a time: most of it is waiting, and the workers have more to do. */
  #ask() {
    while (this.#asking < ASKED_AT_A_TIME) {
      const item = this.#askable.pop();
      if (!item) return;
      this.#asking += 1;
      this.#asked.add(item);
      this.#askFor(item, /** @type {string} */ (item.photo)).finally(() => {
        this.#asking -= 1;
        this.#ask();
      });
    }
  }

  /**
   * @param {Item} item
   * @param {string} photo
   */
  async #askFor(item, photo) {
    try {
      const proxy = await fetchProxy(photo, AbortSignal.timeout(MOST_PATIENCE));
      if (proxy) this.#keep(item, await thumbnail(proxy));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // a damaged photo has none
    }
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
    if (!url) this.#unreadable.add(item);
    this.#keep(item, url);
  }

  /**
   * @param {Item} item
   * @param {string | null} url
   */
  #keep(item, url) {
    this.#made.set(item, url);
    this.#trim();
    this.#onChange();
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
 * @param {Blob} file
 * @returns {Promise<string | null>} object URL; null where the browser cannot decode the file
 */
async function thumbnail(file) {
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { resizeWidth: LONG_SIDE, resizeQuality: "medium" });
  } catch {
    return null; // RAW, HEIC, TIFF, a damaged file: the worker will tell
  }
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return URL.createObjectURL(await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 }));
}
