/** Before and after, with a divider that is a real slider: arrows, Home, End, drag, double-click. */

import { append, h } from "../../lib/dom.js";
import { followDrag } from "../../lib/drag.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";

const STEP = 2; // percent an arrow key moves
const PAGE = 10;

export class AzDivider extends HTMLElement {
  beforeImage = h("img", { class: "before", alt: "" });
  afterImage = h("img", { class: "after", alt: "" });
  #handle = h("div");
  #tagAfter = h("span");
  #at = 50;

  connectedCallback() {
    this.#tagAfter = h("span", { class: "tag right" }, t("compare.after"));
    this.#handle = h(
      "div",
      {
        class: "handle",
        role: "slider",
        tabindex: 0,
        "aria-label": t("compare.divider"),
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        onkeydown: this.#key,
        onpointerdown: this.#grab,
        ondblclick: () => this.#move(50),
      },
      h("span", {}, icon("arrows", "small")),
    );
    this.replaceChildren();
    append(this, [
      this.beforeImage,
      this.afterImage,
      h("span", { class: "tag left" }, t("compare.before")),
      this.#tagAfter,
      this.#handle,
    ]);
    this.#move(this.#at);
  }

  /**
   * @param {boolean} both whether there is an after; without one the whole picture is the before
   * @param {number} [at] percent that are the before
   */
  split(both, at = both ? 50 : 100) {
    this.#handle.hidden = !both;
    this.#tagAfter.hidden = !both;
    this.afterImage.hidden = !both;
    this.#move(at);
  }

  /** @param {number} percent */
  #move(percent) {
    this.#at = Math.max(0, Math.min(100, percent));
    this.style.setProperty("--at", `${this.#at}%`);
    this.#handle.setAttribute("aria-valuenow", String(Math.round(this.#at)));
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    /** @type {Record<string, number>} */
    const targets = {
      ArrowLeft: this.#at - STEP,
      ArrowRight: this.#at + STEP,
      PageDown: this.#at - PAGE,
      PageUp: this.#at + PAGE,
      Home: 0,
      End: 100,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // the dialog's arrows go to the next photo
    this.#move(target);
  };

  /** @param {PointerEvent} event */
  #grab = (event) => {
    event.preventDefault();
    this.#handle.focus();
    followDrag(this.#handle, event, ({ clientX }) => {
      const { left, width } = this.getBoundingClientRect();
      this.#move(((clientX - left) / width) * 100);
    });
  };
}
