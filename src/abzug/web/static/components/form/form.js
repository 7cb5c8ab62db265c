/** Controls for the fields that a schema describes. */

import { append, h, setAttribute } from "../../lib/dom.js";
import { t, translated } from "../../lib/i18n.js";
import { matches, same } from "../../recipe/schema.js";
import { assetControl } from "./asset.js";
import { curvesControl } from "./curves.js";
import { labelled, nextId } from "./field.js";
import { eitherControl, entryControl, groupControl } from "./groups.js";
import { marksControl, withMarks } from "./marks-control.js";
import { AzSlider } from "./slider.js";

/** @import {Field} from "../../recipe/types.js" */
/** @import {Control, Listener} from "./field.js" */

/**
 * @param {Field} field
 * @param {Listener} onEdit
 * @param {string} [scope] of the field's name in the catalog: "op", "out"
 * @returns {Control}
 */
export function makeControl(field, onEdit, scope = "op") {
  const label = translated(`${scope}.${field.name}`, field.label);
  if (field.kind === "marks") return marksControl(field, label, onEdit);
  const control = plainControl(field, label, onEdit);
  return field.mark && !field.nested ? withMarks(control, field, label, onEdit) : control;
}

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function plainControl(field, label, onEdit) {
  switch (field.kind) {
    case "range":
      return field.nullable
        ? numberControl(field, label, onEdit)
        : sliderControl(field, label, onEdit);
    case "number":
      return numberControl(field, label, onEdit);
    case "switch":
      return switchControl(field, label, onEdit);
    case "choice":
      return choiceControl(field, label, onEdit);
    case "text":
      return textControl(field, label, onEdit);
    case "asset":
      return assetControl(field, label, onEdit);
    case "color":
      return colorControl(field, label, onEdit);
    case "group":
      return groupControl(field, label, onEdit, makeControl);
    case "either":
      return eitherControl(field, label, onEdit, makeControl);
    case "entry":
      return entryControl(field, onEdit, makeControl);
    case "curves":
      return curvesControl(field, label, onEdit);
    default:
      return opaqueControl(field, label, onEdit);
  }
}

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function sliderControl(field, label, onEdit) {
  const slider = new AzSlider(field, label);
  slider.addEventListener("edit", (event) => onEdit(/** @type {CustomEvent} */ (event).detail));
  return { element: slider, show: (value) => slider.show(value) };
}

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function numberControl(field, label, onEdit) {
  const id = nextId();
  const { scale } = field;
  const step = scale === 1 ? field.step : "any";
  const limits = { min: finite(field.min / scale), max: finite(field.max / scale), step };
  const none = field.nullable ? translated(`none.${field.name}`, "–") : "";
  const input = h("input", { id, class: "in", type: "number", placeholder: none, ...limits });
  input.addEventListener("change", () => {
    if (input.value === "" || !input.validity.valid) onEdit(field.nullable ? null : field.initial);
    else onEdit(scale === 1 ? Number(input.value) : Math.round(Number(input.value) * scale));
  });
  return labelled(field, id, label, input, (value) => {
    if (document.activeElement === input) return;
    input.value = value === null ? "" : String(Number(value) / scale);
  });
}

/** @param {number} value */
const finite = (value) => (Number.isFinite(value) ? value : null);

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function switchControl(field, label, onEdit) {
  const input = h("input", { type: "checkbox", role: "switch", class: "switch" });
  input.addEventListener("change", () => onEdit(input.checked));
  const element = h(
    "label",
    { class: "check", title: field.hint },
    h("span", { class: "grow" }, label),
    input,
  );
  const show = (/** @type {unknown} */ value) => {
    input.checked = Boolean(value); // of another shape, as a preset may set it, it is on as well
    element.classList.toggle("changed", !same(value, field.initial));
  };
  return { element, show };
}

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function choiceControl(field, label, onEdit) {
  const id = nextId();
  const option = (/** @type {unknown} */ value, /** @type {number} */ index) =>
    h("option", { value: index }, optionWords(field, value));
  /** @type {unknown[]} */
  const values = field.nullable ? [null, ...field.options] : field.options;
  const select = h("select", { id, class: "select" }, ...values.map(option));
  select.addEventListener("change", () => onEdit(values[Number(select.value)]));
  return labelled(field, id, label, select, (value) => {
    select.value = String(values.indexOf(value));
  });
}

/**
 * @param {Field} field
 * @param {unknown} value
 * @returns {string}
 */
export function optionWords(field, value) {
  if (value === null) return translated(`none.${field.name}`, "–");
  if (typeof value === "number") return `${value}${field.unit}`;
  const plain = String(value).replaceAll(/[-_]/g, " ");
  return translated(`option.${value}`, plain.charAt(0).toUpperCase() + plain.slice(1));
}

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function textControl(field, label, onEdit) {
  const id = nextId();
  const none = field.nullable ? translated(`none.${field.name}`, "") : "";
  const examples = field.examples.map((example) => h("option", { value: example }));
  const list = examples.length ? h("datalist", { id: `${id}-examples` }, ...examples) : null;
  const input = h("input", {
    list: list?.id,
    id,
    class: "in",
    type: "text",
    placeholder: none,
    autocomplete: "off",
  });
  input.addEventListener("input", () => {
    const text = input.value.trim();
    const right = text === "" || matches(field.pattern, text);
    setAttribute(input, "aria-invalid", right ? null : "true");
    if (right) onEdit(text === "" && field.nullable ? null : text);
  });
  const control = labelled(field, id, label, input, (value) => {
    if (document.activeElement === input) return;
    input.value = value === null ? "" : String(value);
    input.removeAttribute("aria-invalid");
  });
  append(control.element, [list]);
  return control;
}

/**
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function colorControl(field, label, onEdit) {
  const id = nextId();
  const input = h("input", { id, class: "color", type: "color" });
  input.addEventListener("input", () => onEdit(input.value));
  return labelled(field, id, label, input, (value) => {
    input.value = String(value);
  });
}

/**
 * What the form cannot show is seen only where a preset has set it, and can be taken away.
 *
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function opaqueControl(field, label, onEdit) {
  const remove = h(
    "button",
    { class: "btn", "aria-label": t("form.removeOne", { name: label }) },
    t("form.remove"),
  );
  remove.addEventListener("click", () => onEdit(field.initial));
  const element = h(
    "div",
    { class: "check changed", title: field.hint },
    h("span", { class: "grow" }, label, " ", h("small", { class: "faint" }, t("form.kept"))),
    remove,
  );
  const show = (/** @type {unknown} */ value) => {
    element.hidden = same(value, field.initial);
  };
  return { element, show };
}
