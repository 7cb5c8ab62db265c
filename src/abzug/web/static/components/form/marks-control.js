/** In the form: what an operation has set on the picture, and the way to set it there. */

import { append, h, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { boxesOf, neutralBoxes, valueWith } from "../../recipe/marks.js";
import { same } from "../../recipe/schema.js";

/** @import {Control, Listener} from "./field.js" */
/** @import {Field, Mark} from "../../recipe/types.js" */

/**
 * @param {Field} field that is marks and nothing else
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
export function marksControl(field, label, onEdit) {
  const words = h("span", { class: "name" }, label);
  const element = h(
    "div",
    { class: "check", title: field.hint },
    h("span", { class: "grow" }, words),
  );
  const show = (/** @type {unknown} */ value) =>
    element.classList.toggle("changed", !same(value, field.initial));
  return withMarks({ element, show }, field, label, onEdit);
}

/**
 * A control with the marks below it.
 *
 * @param {Control} control of the rest of the operation
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
export function withMarks(control, field, label, onEdit) {
  const row = marksRow(field, label, onEdit);
  const show = (/** @type {unknown} */ value) => {
    control.show(value);
    row.show(value);
  };
  if (!control.element.classList.contains("group")) {
    return { element: h("div", { class: "marked" }, control.element, row.element), show };
  }
  append(control.element, [row.element]);
  return { element: control.element, show };
}

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function marksRow(field, label, onEdit) {
  const mark = /** @type {Mark} */ (field.mark);
  const none = neutralBoxes(mark);
  /** @type {unknown} */
  let current;
  const place = () =>
    element.dispatchEvent(new CustomEvent("mark", { bubbles: true, detail: field.name }));
  const words = h("small", { class: "grow muted", role: "status" });
  const remove = h(
    "button",
    {
      class: "btn quiet",
      "aria-label": t("marks.removeAll", { name: label }),
      onclick: () => onEdit(valueWith(field, current, none)),
    },
    t("form.remove"),
  );
  const element = h(
    "div",
    { class: "marks row" },
    h(
      "button",
      { class: "btn", "aria-label": t("marks.placeOne", { name: label }), onclick: place },
      icon("marks", "small"),
      t("marks.place"),
    ),
    words,
    remove,
  );
  const show = (/** @type {unknown} */ value) => {
    current = value;
    const boxes = boxesOf(mark, value);
    const isSet = !same(boxes, none);
    const isList = none.length === 0;
    setText(words, !isSet ? "" : isList ? t("marks.count", { n: boxes.length }) : t("marks.set"));
    remove.hidden = !isSet;
  };
  return { element, show };
}
