/** Takes a Lightroom preset or a LUT over into the recipe, and tells what became of its settings. */

import { choosePreset } from "../../files/picker.js";
import { append, h } from "../../lib/dom.js";
import { t, translated } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { View } from "../view.js";

/** @import {PresetNote} from "../../server/types.js" */

/** @type {PresetNote["outcome"][]} */
const OUTCOMES = ["ignored", "approximated", "carried"];

export class AzImport extends View {
  #told = h("div");
  /** @type {unknown} */
  #shown = null;

  /** @override */
  build() {
    this.#shown = null;
    this.#told = h("div", { class: "imported", role: "status" });
    append(this, [
      h(
        "button",
        { class: "btn quiet", onclick: choosePreset },
        icon("up", "small"),
        t("import.choose"),
      ),
      this.#told,
    ]);
  }

  /** @override */
  update() {
    const { imported } = this.app.recipe;
    if (imported === this.#shown) return;
    this.#shown = imported;
    this.#told.replaceChildren();
    if (!imported) return;
    const { name, notes } = imported;
    const taken = notes.filter(({ outcome }) => outcome !== "ignored").length;
    const summary = notes.length ? t("import.taken", { name, taken, n: notes.length }) : name;
    append(this.#told, [
      notes.length
        ? h(
            "details",
            { class: "folded" },
            h("summary", {}, summary, icon("chevron", "small")),
            listOf(notes),
          )
        : h("p", { class: "small" }, summary),
    ]);
  }
}

/**
 * What is not as in Lightroom comes first.
 *
 * @param {PresetNote[]} notes
 */
const listOf = (notes) =>
  h(
    "ul",
    { class: "small" },
    ...OUTCOMES.flatMap((outcome) =>
      notes
        .filter((note) => note.outcome === outcome)
        .map(({ property, reason, code, values }) => {
          const why = translated(`reason.${code}`, reason, values);
          return h(
            "li",
            {},
            h("b", {}, property),
            ` ${t(`import.${outcome}`)}`,
            why && h("span", { class: "muted" }, `: ${why}`),
          );
        }),
    ),
  );
