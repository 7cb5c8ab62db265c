/** The photos that failed: why, what to do, and another try where that can help. */

import { append, h, patch, setAttribute, setText } from "../../lib/dom.js";
import { list, number } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { adviceOf, briefReasonOf, reasonOf } from "../photo/failure.js";
import { View } from "../view.js";

/** @import {Item} from "../../state/batch.js" */

const SHOWN = 100;

export class AzFailures extends View {
  #title = h("span");
  #summary = h("span");
  #retry = h("button");
  #retryCount = h("span");
  #toggle = h("button");
  #list = h("ul");
  #more = h("p");
  /** Whether the list is open; null until people choose.
   * @type {boolean | null} */
  #open = null;

  /** @override */
  build() {
    this.#title = h("span", { class: "nowrap" });
    this.#summary = h("span", { class: "small muted clip only-wide" });
    this.#retryCount = h("span", { class: "faint" });
    this.#retry = h(
      "button",
      { class: "btn", onclick: () => this.app.retry(this.app.batch.retryable()) },
      icon("retry", "small"),
      t("failed.retryAll"),
      this.#retryCount,
    );
    this.#toggle = h("button", {
      class: "btn quiet",
      "aria-controls": "failed-list",
      onclick: () => this.#flip(),
    });
    this.#list = h("ul", { class: "reasons with-photos", id: "failed-list" });
    this.#more = h("p", { class: "small faint more" });
    append(this, [
      h(
        "section",
        { class: "card", "aria-labelledby": "failed-title" },
        h(
          "div",
          { class: "card-head" },
          h(
            "h2",
            { id: "failed-title", class: "row" },
            h("span", { class: "bad" }, icon("warning")),
            this.#title,
            this.#summary,
          ),
          this.#retry,
          this.#toggle,
        ),
        this.#list,
        this.#more,
      ),
    ]);
  }

  /** @override */
  update() {
    const failed = this.app.batch.items.filter(({ state }) => state === "failed");
    this.hidden = failed.length === 0 || !this.app.ready;
    if (this.hidden) return;
    const open = this.#isOpen();
    const retryable = this.app.batch.retryable().length;
    setText(this.#title, t("failed.title", { n: failed.length }));
    const reasons = new Set(open ? [] : failed.map(briefReasonOf));
    setText(this.#summary, list([...reasons].slice(0, 3)));
    this.#retry.hidden = retryable === 0;
    setText(this.#retryCount, number(retryable));
    setText(this.#toggle, t(open ? "hide" : "show"));
    setAttribute(this.#toggle, "aria-expanded", String(open));
    this.#list.hidden = !open;
    this.#more.hidden = !open || failed.length <= SHOWN;
    setText(this.#more, t("failed.more", { n: failed.length - SHOWN }));
    if (open)
      patch(
        this.#list,
        failed.slice(0, SHOWN),
        keyOf,
        (item) => this.#row(item),
        (row, item) => this.#show(row, item),
      );
  }

  /** Open when the batch is finished, for then there is something to do about it. */
  #isOpen() {
    return this.#open ?? (this.app.batch.phase() === "done" && innerWidth >= 700);
  }

  #flip() {
    this.#open = !this.#isOpen();
    this.update();
  }

  /** @param {Item} item */
  #row(item) {
    return h(
      "li",
      {},
      h("div", { class: "photo gray" }, icon("photo")),
      h(
        "div",
        { class: "grow" },
        h("div", { class: "b small clip" }, item.name),
        h(
          "div",
          { class: "small muted" },
          reasonOf(item),
          " ",
          h("span", { class: "faint" }, adviceOf(item)),
        ),
      ),
      item.error?.permanent
        ? null
        : h(
            "button",
            {
              class: "btn",
              "aria-label": t("failed.retryOne", { name: item.name }),
              onclick: () => this.app.retry([item]),
            },
            t("retry"),
          ),
    );
  }

  /**
   * @param {HTMLElement} row
   * @param {Item} item
   */
  #show(row, item) {
    const url = this.app.thumbs.get(item);
    const photo = /** @type {HTMLElement} */ (row.firstElementChild);
    if (url && !photo.querySelector("img")) photo.replaceChildren(h("img", { src: url, alt: "" }));
  }
}

/** @param {Item} item */
const keyOf = (item) => `${item.number} ${item.generation} ${item.tries}`;
