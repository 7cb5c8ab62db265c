/** Which photos are shown, and how. */

import { append, h, patch, setAttribute, setText } from "../../lib/dom.js";
import { number } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { STATES_OF_FILTER } from "../../state/display.js";
import { View } from "../view.js";

/** @import {Filter} from "../../state/display.js" */

/** @typedef {{filter: Filter, count: number}} Choice */

export class AzTools extends View {
  #filters = h("div");
  /** @type {Record<string, HTMLButtonElement>} */
  #views = {};

  /** @override */
  build() {
    this.#filters = h("div", { class: "seg", role: "group", "aria-label": t("tools.filter") });
    this.#views = { grid: this.#viewButton("grid"), list: this.#viewButton("list") };
    const size = h("input", {
      class: "range",
      id: "tile-size",
      type: "range",
      min: 120,
      max: 320,
      step: 4,
      value: this.app.display.tileSize,
    });
    size.addEventListener("input", () => this.app.choose({ tileSize: Number(size.value) }));
    append(this, [
      this.#filters,
      h("span", { class: "grow" }),
      h("label", { class: "row small muted only-wide", for: "tile-size" }, t("tools.size"), size),
      h(
        "div",
        { class: "seg", role: "group", "aria-label": t("tools.view") },
        ...Object.values(this.#views),
      ),
    ]);
  }

  /** @override */
  update() {
    const { batch, ready, display } = this.app;
    this.hidden = batch.items.length === 0 || !ready;
    if (this.hidden) return;
    patch(
      this.#filters,
      this.#choices(),
      (choice) => choice.filter,
      (choice) => this.#button(choice.filter),
      (button, { filter: own, count }) => {
        setAttribute(button, "aria-pressed", String(own === display.filter));
        setText(/** @type {Element} */ (button.lastElementChild), number(count));
      },
    );
    for (const [name, button] of Object.entries(this.#views)) {
      setAttribute(button, "aria-pressed", String(name === display.view));
    }
  }

  /** @returns {Choice[]} those that have photos; all, done and the chosen one always */
  #choices() {
    const { counts, total } = this.app.pace;
    /** @type {Choice[]} */
    const choices = Object.entries(STATES_OF_FILTER).map(([filter, states]) => ({
      filter: /** @type {Filter} */ (filter),
      count: states.reduce((sum, state) => sum + counts[state], 0),
    }));
    const kept = choices.filter(
      ({ filter, count }) => count > 0 || filter === "done" || filter === this.app.display.filter,
    );
    return [{ filter: "all", count: total }, ...kept];
  }

  /** @param {Filter} filter */
  #button(filter) {
    const attributes = {
      class: filter === "failed" ? "bad" : "",
      onclick: () => this.app.choose({ filter }),
    };
    return h("button", attributes, t(`filter.${filter}`), " ", h("span", { class: "count" }));
  }

  /** @param {"grid" | "list"} view */
  #viewButton(view) {
    const name = t(`view.${view}`);
    return h(
      "button",
      { "aria-label": name, title: name, onclick: () => this.app.choose({ view }) },
      icon(view, "small"),
    );
  }
}
