/** What every control of the form is, and the ones with a label above them. */

import { h } from "../../lib/dom.js";
import { same } from "../../recipe/schema.js";

/** @import {Field} from "../../recipe/types.js" */

/** @typedef {{element: HTMLElement, show: (value: unknown) => void}} Control */
/** @typedef {(value: unknown) => void} Listener */
/** @typedef {(field: Field, onEdit: Listener) => Control} Maker */

let ids = 0;
export const nextId = () => `field-${++ids}`;

/**
 * @param {Field} field
 * @param {string} id of the control
 * @param {string} label
 * @param {HTMLElement} control
 * @param {Listener} show
 * @returns {Control}
 */
export function labelled(field, id, label, control, show) {
  const element = h(
    "div",
    { class: "field" },
    h("label", { for: id, title: field.hint }, label),
    control,
  );
  const showAll = (/** @type {unknown} */ value) => {
    show(value);
    element.classList.toggle("changed", !same(value, field.initial));
  };
  return { element, show: showAll };
}
