/** The ZIP of a batch: a link, or a menu where the batch was ordered in parts. */

import { h, patch, setAttribute, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { zipUrl } from "../../server/api.js";

/** @import {Batch} from "../../state/batch.js" */

/** @typedef {{jobId: string, part: number, photos: number}} Part */

export class DownloadMenu {
  #link;
  #menu;
  #parts = h("ul");
  element;

  /** @param {string} buttonClass */
  constructor(buttonClass) {
    const content = () => [icon("down", "small"), t("head.download")];
    this.#link = h("a", { class: buttonClass, download: "" }, ...content());
    this.#menu = h(
      "details",
      { class: "menu" },
      h("summary", { class: buttonClass }, ...content(), icon("chevron", "small")),
      this.#parts,
    );
    this.#menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#menu.open = false;
      this.#menu.querySelector("summary")?.focus();
    });
    this.element = h("div", { class: "download" }, this.#link, this.#menu);
  }

  /**
   * @param {Batch} batch
   * @param {boolean} shown
   */
  update(batch, shown) {
    const parts = partsOf(batch);
    const [first] = parts;
    this.element.hidden = !shown || !first;
    this.#link.hidden = parts.length !== 1;
    this.#menu.hidden = parts.length < 2;
    if (first) setAttribute(this.#link, "href", zipUrl(first.jobId, batch.outputNames()));
    patch(
      this.#parts,
      parts.length > 1 ? parts : [],
      ({ jobId }) => jobId,
      ({ jobId }) =>
        h("li", {}, h("a", { href: zipUrl(jobId, batch.outputNames()), download: "" })),
      (element, { part, photos }) => {
        setText(
          /** @type {Element} */ (element.firstElementChild),
          t("download.part", { part, n: photos }),
        );
      },
    );
  }
}

/**
 * @param {Batch} batch
 * @returns {Part[]} the jobs that have results
 */
function partsOf(batch) {
  const photos = batch.chunks.map(() => 0);
  for (const { chunk, state } of batch.items) {
    if (chunk >= 0 && state === "done") photos[chunk] = (photos[chunk] ?? 0) + 1;
  }
  return batch.chunks.flatMap(({ jobId }, index) => {
    const count = photos[index] ?? 0;
    return jobId && count > 0 ? [{ jobId, part: index + 1, photos: count }] : [];
  });
}
