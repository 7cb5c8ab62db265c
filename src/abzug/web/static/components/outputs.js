/** The results wanted of each photo, and the dialog that changes one. */

import { PREVIEW } from "../batch.js";
import { dialogHead, openModal } from "../dialogs.js";
import { append, h, patch, setText } from "../dom.js";
import { t, translated } from "../i18n.js";
import { icon } from "../icons.js";
import { matches } from "../schema.js";
import { View } from "../view.js";
import { makeControl, optionWords } from "./form.js";

/** @import {Field} from "../schema.js" */
/** @import {Output} from "../types.js" */

const NAMES = ["web", "print", "small", "archive"];

export class AzOutputs extends View {
  #list = h("ul");

  /** @override */
  build() {
    this.#list = h("ul");
    append(this, [
      h("h3", {}, t("outputs.title"), h("span", { class: "faint small" }, t("outputs.each"))),
      this.#list,
      h(
        "button",
        { class: "btn quiet", onclick: () => this.#edit(-1) },
        icon("plus", "small"),
        t("outputs.add"),
      ),
    ]);
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", t("outputs.title"));
  }

  /** @override */
  update() {
    const rows = this.app.recipe.outputs.map((output, index) => ({ output, index }));
    patch(
      this.#list,
      rows,
      ({ output, index }) => `${index} ${output.name}`,
      (row) => this.#row(row.index),
      (row, { output }) => {
        setText(/** @type {Element} */ (row.querySelector("b")), output.name);
        setText(/** @type {Element} */ (row.querySelector("small")), this.#words(output));
      },
    );
  }

  /** @param {number} index */
  #row(index) {
    const name = this.app.recipe.outputs[index]?.name ?? "";
    return h(
      "li",
      { class: "output" },
      h("div", { class: "grow" }, h("b", { class: "b small" }), h("small")),
      h(
        "button",
        {
          class: "ico",
          "aria-label": t("outputs.change", { name }),
          onclick: () => this.#edit(index),
        },
        icon("edit", "small"),
      ),
    );
  }

  /** @param {Output} output */
  #words(output) {
    const shown = this.app.recipe.outputFields.filter(({ name }) =>
      ["format", "icc"].includes(name),
    );
    const [format, icc] = shown.map((field) =>
      optionWords(field, output[field.name] ?? field.initial),
    );
    const hasQuality = this.app.recipe.outputFields.some(
      (field) => field.name === "quality" && isShown(field, output),
    );
    const quality = hasQuality ? ` ${output["quality"] ?? ""}` : "";
    const side = output["max_side"] ? `${output["max_side"]} px` : t("outputs.full");
    return [`${format}${quality}`.trim(), side, icc].filter(Boolean).join(", ");
  }

  /** @param {number} index -1: a new one */
  #edit(index) {
    const { recipe } = this.app;
    const known = recipe.outputs[index];
    const taken = recipe.outputs.filter((_, at) => at !== index).map(({ name }) => name);
    /** @type {Output} */
    let draft = known ?? { ...recipe.outputs[0], name: freeName(taken) };
    const problem = h("p", { class: "small bad", role: "alert" });
    const about = h("p", { class: "small muted", role: "status" });
    const controls = recipe.outputFields.map((field) => {
      const change = (/** @type {unknown} */ value) => {
        draft = ofItsFormat(recipe.outputFields, { ...draft, [field.name]: value });
        showAll();
      };
      return { field, control: makeControl(field, change, "out") };
    });
    const showAll = () => {
      for (const { field, control } of controls) {
        control.show(draft[field.name] ?? field.initial);
        control.element.hidden = !isShown(field, draft);
      }
      setText(about, translated(`about.${draft["format"] ?? "jpeg"}`, ""));
    };
    const done = () => {
      const wrong = this.#problemOf(draft, taken);
      setText(problem, wrong);
      if (wrong) return;
      const outputs = known ? recipe.outputs.with(index, draft) : [...recipe.outputs, draft];
      recipe.setOutputs(outputs);
      dialog.close();
    };
    const remove = () => {
      recipe.setOutputs(recipe.outputs.filter((_, at) => at !== index));
      dialog.close();
    };
    const removable = known && recipe.outputs.length > 1;
    const dialog = h(
      "dialog",
      { "aria-labelledby": "output-title", onclose: () => dialog.remove() },
      dialogHead(t("outputs.one"), "output-title", () => dialog.close()),
      h("div", { class: "dialog-body two" }, ...controls.map(({ control }) => control.element)),
      about,
      problem,
      h(
        "div",
        { class: "dialog-foot" },
        removable
          ? h("button", { class: "btn danger", onclick: remove }, t("outputs.remove"))
          : null,
        h("span", { class: "grow" }),
        h("button", { class: "btn", onclick: () => dialog.close() }, t("outputs.cancel")),
        h("button", { class: "btn pri", onclick: done }, t("outputs.done")),
      ),
    );
    showAll();
    document.body.append(dialog);
    openModal(dialog);
    dialog.querySelector("input")?.focus();
  }

  /**
   * @param {Output} output
   * @param {string[]} taken
   * @returns {string} "" where it is right
   */
  #problemOf({ name }, taken) {
    const pattern =
      this.app.recipe.outputFields.find((field) => field.name === "name")?.pattern ?? "";
    if (!name || !matches(pattern, name)) return t("outputs.badName");
    return name === PREVIEW || taken.includes(name) ? t("outputs.taken", { name }) : "";
  }
}

/**
 * @param {Field} field
 * @param {Output} output
 * @returns {boolean}
 */
const isFor = ({ formats }, output) =>
  formats.length === 0 || formats.includes(String(output["format"] ?? "jpeg"));

/**
 * @param {Field} field
 * @param {Output} output
 * @returns {boolean} whether it makes a difference
 */
const isShown = (field, output) =>
  isFor(field, output) && !(field.name === "quality" && output["lossless"]);

/**
 * The server refuses what another format could have had.
 *
 * @param {Field[]} fields
 * @param {Output} output
 * @returns {Output}
 */
function ofItsFormat(fields, output) {
  const others = fields.filter((field) => !isFor(field, output)).map(({ name }) => name);
  const kept = Object.entries(output).filter(([name]) => !others.includes(name));
  return { ...Object.fromEntries(kept), name: output.name };
}

/**
 * @param {string[]} taken
 * @returns {string}
 */
function freeName(taken) {
  const free = NAMES.find((name) => !taken.includes(name));
  if (free) return free;
  let number = taken.length + 1;
  while (taken.includes(`output-${number}`)) number += 1;
  return `output-${number}`;
}
