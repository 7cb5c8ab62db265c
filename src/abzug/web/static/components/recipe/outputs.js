/** The results wanted of each photo, and the dialog that changes one. */

import { dialogHead, openModal } from "../../lib/dialogs.js";
import { append, h, patch, setText } from "../../lib/dom.js";
import { size } from "../../lib/format.js";
import { t, translated } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { matches } from "../../recipe/schema.js";
import { PREVIEW } from "../../state/batch.js";
import { makeControl, optionWords } from "../form/form.js";
import { View } from "../view.js";

/** @import {Field} from "../../recipe/types.js" */
/** @import {Output} from "../../server/types.js" */

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
    const fields = new Map(
      this.app.recipe.outputFields
        .filter((field) => isShown(field, output))
        .map((field) => [field.name, field]),
    );
    /** @type {(name: string, words: (value: any, field: Field) => string) => string} */
    const of = (name, words) => {
      const field = fields.get(name);
      return field ? words(output[name] ?? initialOf(field, output), field) : "";
    };
    const option = (/** @type {unknown} */ value, /** @type {Field} */ field) =>
      optionWords(field, value);
    const format = `${of("format", option)} ${of("quality", String)}`.trim();
    return [
      format,
      of("lossless", (is) => (is ? t("outputs.lossless") : "")),
      of("max_side", (side) => (side ? `${side} px` : t("outputs.full"))),
      of("max_bytes", (most) => (most ? t("outputs.most", { size: size(most) }) : "")),
      of("icc", (icc, field) => (icc === "keep" ? t("outputs.ownColors") : option(icc, field))),
    ]
      .filter(Boolean)
      .join(", ");
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
        draft = ofItsFormat(recipe.outputFields, { ...draft, [field.name]: value }, draft);
        showAll();
      };
      return { field, control: makeControl(field, change, "out") };
    });
    const showAll = () => {
      for (const { field, control } of controls) {
        control.show(draft[field.name] ?? initialOf(field, draft));
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
 * @param {Field} field
 * @param {Output} output
 * @returns {unknown} what it is where the output says nothing
 */
const initialOf = (field, output) =>
  field.defaults[String(output["format"] ?? "jpeg")] ?? field.initial;

/**
 * Without what the format cannot have, for the server refuses it, and without what was only the
 * default of the format before: an AVIF of a JPEG's quality is needlessly large.
 *
 * @param {Field[]} fields
 * @param {Output} output
 * @param {Output} before
 * @returns {Output}
 */
function ofItsFormat(fields, output, before) {
  const isUntouched = (/** @type {Field} */ field) =>
    output[field.name] === initialOf(field, before) &&
    initialOf(field, before) !== initialOf(field, output);
  const others = fields
    .filter((field) => !isFor(field, output) || isUntouched(field))
    .map(({ name }) => name);
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
