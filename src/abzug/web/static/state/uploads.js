/** Uploads the photos of a batch, a few at a time, and goes on by itself after any interruption. */

import { isReadable, refusalByContent } from "../files/sniff.js";
import { t } from "../lib/i18n.js";
import { ApiError, postPhoto } from "../server/api.js";

/** @import {Batch, Item} from "./batch.js" */
/** @import {Gate} from "../server/gate.js" */

/** Browsers open six connections to a server: one is for the events, one stays for the rest. */
const LANES = 4;
const MOST_TRIES = 5;

export class Uploads {
  paused = false;
  #gate;
  #onChange;
  /** @type {Batch | null} */
  #batch = null;
  /** Where to look for the next new photo: before it there is none. */
  #from = 0;
  #active = 0;
  #stop = new AbortController();

  /**
   * @param {Gate} gate
   * @param {() => void} onChange
   */
  constructor(gate, onChange) {
    this.#gate = gate;
    this.#onChange = onChange;
    gate.addEventListener("change", () => this.pump());
  }

  /**
   * Uploads this batch from now on, and breaks off what is left of the one before.
   *
   * @param {Batch} batch
   */
  watch(batch) {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#batch = batch;
    this.#active = 0;
    this.paused = false;
    this.again();
  }

  /** Breaks off all uploads; what is uploaded stays. */
  stop() {
    this.#stop.abort();
  }

  /** Some photos became new: look from the beginning. */
  again() {
    this.#from = 0;
    this.pump();
  }

  /** @param {boolean} paused uploads that have begun are finished */
  pause(paused) {
    this.paused = paused;
    this.pump();
    this.#onChange();
  }

  pump() {
    while (this.#active < LANES && this.#gate.open && !this.paused) {
      const item = this.#next();
      if (!item) return;
      this.#send(item, this.#stop.signal);
    }
  }

  /** @returns {Item | null} */
  #next() {
    const items = this.#batch?.items ?? [];
    for (; this.#from < items.length; this.#from += 1) {
      const item = items[this.#from];
      if (item?.state === "new" && item.file) return item;
    }
    return null;
  }

  /**
   * @param {Item} item
   * @param {AbortSignal} signal
   */
  async #send(item, signal) {
    this.#active += 1;
    item.state = "uploading";
    this.#onChange();
    try {
      await this.#upload(item, /** @type {File} */ (item.file), signal);
    } finally {
      if (!signal.aborted) {
        this.#active -= 1;
        this.pump();
        this.#onChange();
      }
    }
  }

  /**
   * @param {Item} item
   * @param {File} file
   * @param {AbortSignal} signal
   */
  async #upload(item, file, signal) {
    try {
      const refusal = await refusalByContent(file);
      if (signal.aborted) return;
      if (refusal) {
        this.#reject(item, t("reject.kind", { kind: t(refusal) }), t("reject.kind.advice"));
        return;
      }
      const photo = await postPhoto(file, (bytes) => this.#progress(item, bytes), signal);
      this.#gate.passed();
      item.width = photo.width;
      item.height = photo.height;
      this.#batch?.uploaded(item, photo.id);
    } catch (error) {
      if (!signal.aborted) await this.#failed(item, file, error);
    }
  }

  /**
   * @param {Item} item
   * @param {number} bytes
   */
  #progress(item, bytes) {
    item.sent = Math.min(bytes, item.size);
    this.#onChange();
  }

  /**
   * @param {Item} item
   * @param {File} file
   * @param {unknown} error
   */
  async #failed(item, file, error) {
    item.sent = 0;
    // a file that was changed or deleted breaks off like a dead network: tell them apart
    if (!(await isReadable(file))) {
      this.#reject(item, t("reject.unreadable"), t("reject.unreadable.advice"));
    } else if (!(error instanceof ApiError)) {
      throw error;
    } else if (!error.transient) {
      this.#reject(item, error.message, error.advice);
    } else {
      this.#later(item, error);
    }
  }

  /**
   * @param {Item} item
   * @param {ApiError} error
   */
  #later(item, error) {
    item.tries += 1;
    item.state = "new";
    this.#from = 0;
    if (item.tries >= MOST_TRIES) {
      const message = error.status ? error.message : t("upload.broken", { n: item.tries });
      item.state = "failed";
      item.error = { code: "upload", message, advice: t("advice.upload"), permanent: false };
    }
    this.#gate.failed(error);
  }

  /**
   * @param {Item} item
   * @param {string} reason
   * @param {string} advice
   */
  #reject(item, reason, advice) {
    this.#batch?.remove(item);
    this.#batch?.rejected.push({ name: item.name, reason, advice });
    this.#from = 0;
  }
}
