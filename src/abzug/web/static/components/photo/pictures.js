/** Which picture stands for a photo: its own file, the original, a proxy; and which result. */

import { browserShows } from "../../files/sniff.js";
import { ApiError, fetchProxy } from "../../server/api.js";
import { PREVIEW } from "../../state/batch.js";

/** @import {Item} from "../../state/batch.js" */
/** @import {Result} from "../../server/types.js" */

const ENOUGH = 1600; // px: more than the dialog shows

/**
 * @param {Item} item
 * @returns {Result[]} those that people asked for
 */
export const sharable = (item) => item.results.filter(({ name }) => name !== PREVIEW);

/**
 * The smallest result that is sharp enough, or else the largest that a browser shows.
 *
 * @param {Item} item
 * @returns {Result | null}
 */
export function afterOf(item) {
  const bySize = item.results
    .filter(({ format }) => format !== "tiff")
    .sort((a, b) => Math.max(a.width, a.height) - Math.max(b.width, b.height));
  return (
    bySize.find(({ width, height }) => Math.max(width, height) >= ENOUGH) ?? bySize.at(-1) ?? null
  );
}

/** Fills an image with a photo as it was: tries one source after the other. */
export class BeforePicture {
  #stop = new AbortController();
  #url = "";

  /**
   * @param {Item} item
   * @param {HTMLImageElement} image
   */
  async show(item, image) {
    this.stop();
    const { signal } = this.#stop;
    image.removeAttribute("src");
    for (const source of [this.#local, this.#original, this.#proxy]) {
      const url = await source.call(this, item, signal);
      if (signal.aborted) return;
      if (url && (await loads(image, url))) return;
      if (signal.aborted) return;
    }
  }

  stop() {
    this.#stop.abort();
    this.#stop = new AbortController();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = "";
  }

  /** @param {Item} item */
  async #local({ file }) {
    return file && this.#keep(file);
  }

  /** @param {Item} item */
  async #original({ photo, name }) {
    return photo && browserShows(name) ? `/v1/photos/${photo}/original` : null;
  }

  /**
   * @param {Item} item
   * @param {AbortSignal} signal
   */
  async #proxy({ photo }, signal) {
    if (!photo) return null;
    try {
      const blob = await fetchProxy(photo, signal);
      return blob && this.#keep(blob);
    } catch (error) {
      if (error instanceof ApiError) return null; // a damaged photo has none
      throw error;
    }
  }

  /** @param {Blob} blob */
  #keep(blob) {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = URL.createObjectURL(blob);
    return this.#url;
  }
}

/**
 * @param {HTMLImageElement} image
 * @param {string} url
 * @returns {Promise<boolean>} whether the browser could decode it
 */
export async function loads(image, url) {
  image.src = url;
  return image.decode().then(
    () => true,
    () => false,
  );
}
