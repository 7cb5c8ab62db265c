/**
 * A label, a typed value, and a track that fills from the default. Double-click (or Delete on the
 * track) goes back to the default; what differs from it is bold.
 *
 * Dispatches `edit` with the value while it changes.
 */

import { append, h, setAttribute } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";

/** @import {Field} from "../../recipe/types.js" */

let ids = 0;

export class AzSlider extends HTMLElement {
  #field;
  #default;
  #label;
  #range;
  #typed;

  /**
   * @param {Field} field of kind "range"
   * @param {string} label
   */
  constructor(field, label) {
    super();
    this.#field = field;
    this.#default = typeof field.initial === "number" ? field.initial : field.min;
    const limits = { min: field.min, max: field.max, step: field.step };
    const id = `slider-${++ids}`;
    this.#range = h("input", { type: "range", id, ...limits });
    this.#typed = h("input", {
      type: "number",
      class: "typed",
      inputmode: "decimal",
      "aria-label": t("slider.typed", { label }),
      ...limits,
    });
    this.#label = h(
      "label",
      {
        for: id,
        title: [field.hint, t("slider.reset", { value: this.#words(this.#default) })]
          .join(" ")
          .trim(),
      },
      label,
    );
    this.#listen();
    this.dataset["name"] = field.name;
    append(this, [this.#label, this.#typed, this.#range]);
    this.show(this.#default);
  }

  /** @param {unknown} value */
  show(value) {
    const number = typeof value === "number" ? value : this.#default;
    this.#range.value = String(number);
    if (document.activeElement !== this.#typed) this.#typed.value = this.#words(number);
    setAttribute(
      this.#range,
      "aria-valuetext",
      `${this.#words(number)} ${this.#field.unit}`.trim(),
    );
    this.#paint(number);
  }

  #listen() {
    this.#range.addEventListener("input", () => this.#edit(Number(this.#range.value)));
    this.#typed.addEventListener("change", () => {
      const value = Number(this.#typed.value);
      const kept = Math.max(
        this.#field.min,
        Math.min(this.#field.max, Number.isFinite(value) ? value : this.#default),
      );
      this.#typed.value = this.#words(kept);
      this.#edit(kept);
    });
    const reset = () => this.#edit(this.#default);
    this.#range.addEventListener("dblclick", reset);
    this.#label.addEventListener("dblclick", reset);
    this.#range.addEventListener("keydown", ({ key }) => {
      if (key === "Delete" || key === "Backspace") reset();
    });
  }

  /** @param {number} value */
  #edit(value) {
    this.show(value);
    this.dispatchEvent(new CustomEvent("edit", { detail: value }));
  }

  /** @param {number} value */
  #paint(value) {
    const { min, max } = this.#field;
    const at = (/** @type {number} */ one) => ((one - min) / (max - min)) * 100;
    const [from, to] = [at(this.#default), at(value)].sort((a, b) => a - b);
    this.style.setProperty("--from", `${from}%`);
    this.style.setProperty("--to", `${to}%`);
    this.classList.toggle("changed", value !== this.#default);
  }

  /** @param {number} value */
  #words(value) {
    const { step } = this.#field;
    return value.toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0);
  }
}
