/** Of several tabs with the same batch one owns it: that one orders it and keeps it. */

import { forgetOldBatches, putIntoUrl, saveBatch } from "./kept-batches.js";

/** @import {Batch} from "./batch.js" */

/** mine: whether no other tab had the batch; freed: once none has it; left: aborted when this tab
 * went on to another batch.
 * @typedef {{mine: boolean, freed: Promise<void>, left: AbortSignal}} Claim */

const SAVE_EVERY = 3000; // ms
const RELOAD = 1000; // ms: the page before a reload lets go within milliseconds, another tab does not

export class Ownership {
  /** Whether this tab owns the batch. */
  mine = false;
  /** Whether another does. Neither is true for the moment in which a new batch is claimed. */
  foreign = false;
  #leave = new AbortController();
  #saveTimer = 0;
  #warned = false;
  #warn;

  /** @param {() => void} warn where batches cannot be kept; called once */
  constructor(warn) {
    this.#warn = warn;
  }

  /** Lets go of the batch. */
  leave() {
    this.#leave.abort();
    this.#leave = new AbortController();
    this.mine = false;
    this.foreign = false;
  }

  /**
   * Asks for a new batch.
   *
   * @param {Batch} batch
   * @returns {Promise<boolean>} false where it was left before it was this tab's
   */
  async take(batch) {
    const { signal } = this.#leave;
    await locked(batch.id, signal);
    if (signal.aborted) return false;
    this.mine = true;
    forgetOldBatches();
    return true;
  }

  /**
   * Asks for a batch that another tab may have.
   *
   * @param {string} id
   * @returns {Promise<Claim>}
   */
  async claim(id) {
    const left = this.#leave.signal;
    const freed = locked(id, left);
    const mine = await Promise.race([freed.then(() => true), later(RELOAD).then(() => false)]);
    return { mine, freed, left };
  }

  /** @param {Claim} claim of the batch that is shown now */
  settle({ mine }) {
    this.mine = mine;
    this.foreign = !mine;
  }

  /**
   * Writes what is known of the batch, if that is this tab's to do.
   *
   * @param {Batch} batch
   * @returns {boolean} whether it was, and there was something to write
   */
  keep(batch) {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = 0;
    if (!this.mine || batch.items.length === 0) return false;
    if (!saveBatch(batch) && !this.#warned) {
      this.#warned = true;
      this.#warn();
    }
    return true;
  }

  /**
   * Keeps the batch, and has the URL name it.
   *
   * @param {Batch} batch
   */
  save(batch) {
    if (this.keep(batch)) putIntoUrl(batch);
  }

  /** @param {Batch} batch to be saved, but not each time that something of it changes */
  saveSoon(batch) {
    this.#saveTimer ||= setTimeout(() => this.save(batch), SAVE_EVERY);
  }
}

/**
 * @param {string} id
 * @param {AbortSignal} signal gives it up
 * @returns {Promise<void>} once no other tab has this batch
 */
function locked(id, signal) {
  if (!navigator.locks) return Promise.resolve();
  return new Promise((resolve) => {
    const held = () =>
      new Promise((release) => {
        resolve();
        signal.addEventListener("abort", release, { once: true });
      });
    navigator.locks.request(`abzug.batch.${id}`, { signal }, held).catch(() => {
      // given up before it was granted
    });
  });
}

/** @param {number} ms */
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
