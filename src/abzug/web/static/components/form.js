/** Controls for the fields that a schema describes. */

import { ApiError, storeLut } from "../api.js";
import { append, h, setAttribute } from "../dom.js";
import { translated } from "../i18n.js";
import { icon } from "../icons.js";
import { matches, same } from "../schema.js";
import { AzSlider } from "./slider.js";

/** @import {Field} from "../schema.js" */

/** @typedef {{element: HTMLElement, show: (value: unknown) => void}} Control */
/** @typedef {(value: unknown) => void} Listener */

let ids = 0;
const nextId = () => `field-${(ids += 1)}`;

/**
 * @param {Field} field
 * @param {Listener} onEdit
 * @param {string} [scope] of the field's name in the catalog: "op", "out"
 * @returns {Control}
 */
export function makeControl(field, onEdit, scope = "op") {
  const label = translated(`${scope}.${field.name}`, field.label);
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
    case "lut":
      return lutControl(field, label, onEdit);
    case "color":
      return colorControl(field, label, onEdit);
    case "group":
      return groupControl(field, label, onEdit);
    case "entry":
      return entryControl(field, label, onEdit);
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
    input.checked = value === true;
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
  const values = field.nullable ? [null, ...field.options] : field.options;
  const select = h("select", { id, class: "select" }, ...values.map(option));
  select.addEventListener("change", () => onEdit(values[Number(select.value)]));
  return labelled(field, id, label, select, (value) => {
    select.value = String(values.findIndex((candidate) => candidate === value));
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
 * A .cube file: it is stored as soon as it is chosen, and its id is the value.
 *
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function lutControl(field, label, onEdit) {
  const id = nextId();
  const input = h("input", { id, class: "in", type: "file", accept: ".cube" });
  const note = h("small", { role: "status" });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      onEdit((await storeLut(file)).id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      note.textContent = error.message;
      input.value = "";
    }
  });
  const control = labelled(field, id, label, input, (value) => {
    note.textContent = isAbsent(value) ? "" : `✓ ${String(value).slice(0, 8)}`;
    if (isAbsent(value)) input.value = "";
  });
  append(control.element, [note]);
  return control;
}

/**
 * @param {Field} field
 * @param {string} id of the control
 * @param {string} label
 * @param {HTMLElement} control
 * @param {Listener} show
 * @returns {Control}
 */
function labelled(field, id, label, control, show) {
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

/**
 * An operation of several values. It is neutral until one of them is touched, then all of them
 * are sent: what the server would fill in need not be what the form shows.
 *
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function groupControl(field, label, onEdit) {
  const parts = partsOf(field);
  /** @type {Record<string, unknown>} */
  let current = {};
  /** @type {unknown} */
  let told;
  const controls = parts.map((part) =>
    makeControl(part, (value) => {
      current = { ...current, [part.name]: value };
      told = groupValue(field, parts, current);
      showParts();
      onEdit(told);
    }),
  );
  const inner = controls.map((control) => control.element);
  // a group of groups is long, like eight colors of three sliders: it opens when it is wanted
  const isLong = parts.some(({ kind }) => kind === "group" || kind === "entry");
  const element = isLong
    ? h(
        "details",
        { class: "group folded" },
        h("summary", { title: field.hint }, label, icon("chevron", "small")),
        ...inner,
      )
    : h("fieldset", { class: "group" }, h("legend", { title: field.hint }, label), ...inner);
  const showParts = () => {
    parts.forEach(({ name }, index) => controls[index]?.show(current[name]));
    element.classList.toggle("changed", !same(told, field.initial));
  };
  const show = (/** @type {unknown} */ value) => {
    // the echo of what was edited here must not undo a half-typed group, which is neutral
    if (told !== undefined && same(value, told)) return;
    told = value;
    const given = /** @type {Record<string, unknown>} */ (value ?? {});
    current = Object.fromEntries(parts.map(({ name, initial }) => [name, given[name] ?? initial]));
    showParts();
  };
  return { element, show };
}

/**
 * The parts of a group, with what the operation's neutral value says of them.
 *
 * @param {Field} field
 * @returns {Field[]}
 */
function partsOf(field) {
  const neutral = /** @type {Record<string, unknown>} */ (field.initial ?? {});
  return field.fields.map((part) => ({ ...part, initial: neutral[part.name] ?? part.initial }));
}

/** @param {unknown} value */
const isAbsent = (value) => value === null || value === undefined || value === "";

/**
 * @param {Field} field
 * @param {Field[]} parts
 * @param {Record<string, unknown>} current
 * @returns {unknown}
 */
function groupValue(field, parts, current) {
  const touched = parts.some(({ name, initial }) => !same(current[name], initial));
  const complete = parts.every(({ name, required }) => !required || !isAbsent(current[name]));
  if (!touched || !complete) return field.initial;
  return Object.fromEntries(Object.entries(current).filter(([, value]) => !isAbsent(value)));
}

/**
 * A list of which the form shows the first entry; the others are kept.
 *
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
function entryControl(field, label, onEdit) {
  /** @type {unknown[]} */
  let others = [];
  const one = { ...field, initial: null };
  const group = groupControl(one, label, (value) => {
    onEdit(value === null ? (others.length ? others : field.initial) : [value, ...others]);
  });
  const show = (/** @type {unknown} */ value) => {
    const [first = null, ...rest] = Array.isArray(value) ? value : [];
    others = rest;
    group.show(first);
  };
  return { element: group.element, show };
}
