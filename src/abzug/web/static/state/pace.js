/** How far the batch is, and how long the rest takes: upload and editing apart. */

import { Rate } from "./rate.js";

/** @import {Batch} from "./batch.js" */

export class Pace {
  counts;
  upload;
  #sent = new Rate();
  #edited = new Rate();

  /** @param {Batch} batch */
  constructor(batch) {
    this.counts = batch.counts();
    this.upload = batch.uploadProgress();
  }

  /**
   * @param {Batch} batch
   * @param {boolean} held whether uploads stand still on purpose, or for want of a connection
   */
  measure(batch, held) {
    this.counts = batch.counts();
    this.upload = batch.uploadProgress();
    if (held) this.#sent.reset();
    else this.#sent.add(this.upload.sent);
    this.#edited.add(this.finished);
  }

  /** @returns {number} photos that will not be edited further */
  get finished() {
    return this.counts.done + this.counts.failed;
  }

  /** @returns {number} */
  get total() {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /** @returns {number} photos that are still to be uploaded */
  get toUpload() {
    return this.counts.new + this.counts.uploading + this.counts.missing;
  }

  /** @returns {number | null} seconds; null while it is not known */
  get uploadLeft() {
    return this.#sent.left(this.upload.bytes - this.upload.sent);
  }

  /** @returns {number | null} seconds; it cannot end before the upload does */
  get editingLeft() {
    const { ready, waiting, editing } = this.counts;
    const left = this.#edited.left(this.toUpload + ready + waiting + editing);
    if (left === null || this.toUpload === 0) return left;
    return this.uploadLeft === null ? null : Math.max(left, this.uploadLeft);
  }

  /** @returns {number} photos a minute */
  get perMinute() {
    return Math.round(this.#edited.perSecond * 60);
  }
}
