/** Controls for operations of several values: groups, one of several groups, a list's first entry. */

import { h, setAttribute } from "../../lib/dom.js";
import { translated } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { isAbsent, same } from "../../recipe/schema.js";

/** @import {Control, Listener, Maker} from "./field.js" */
/** @import {Field} from "../../recipe/types.js" */

/** Operations of more values are folded: the form of all of them would be eight screens long. */
const SHORT = 2;

/**
 * An operation of several values. It is neutral until one of them is touched, then all of them
 * are sent: what the server would fill in need not be what the form shows.
 *
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @param {Maker} make of the parts
 * @returns {Control}
 */
export function groupControl(field, label, onEdit, make) {
  const body = bodyOf(field, (value) => told.edit(value), make);
  const isLong = !field.nested && field.fields.length > SHORT;
  const element = groupElement(field, label, body.elements, isLong);
  const told = unlessEcho(field, element, onEdit, body.show);
  return { element, show: told.show };
}

/**
 * One of several groups, like a text or a picture; the others keep what was typed into them.
 *
 * @param {Field} field
 * @param {string} label
 * @param {Listener} onEdit
 * @param {Maker} make of the parts
 * @returns {Control}
 */
export function eitherControl(field, label, onEdit, make) {
  let chosen = 0;
  const bodies = field.fields.map((shape) =>
    bodyOf({ ...shape, initial: field.initial }, (value) => told.edit(value), make),
  );
  const button = (/** @type {Field} */ { name }, /** @type {number} */ index) => {
    const choose = () => {
      put(index);
      told.edit(bodies[index]?.value());
    };
    return h("button", { onclick: choose }, translated(`op.${name}`, capitalized(name)));
  };
  const buttons = field.fields.map(button);
  const sets = bodies.map(({ elements }) => h("div", { class: "group" }, ...elements));
  const choice = h("div", { class: "seg", role: "group", "aria-label": label }, ...buttons);
  const element = groupElement(field, label, [choice, ...sets], true);
  const put = (/** @type {number} */ index) => {
    chosen = index;
    for (const [at, one] of buttons.entries()) {
      setAttribute(one, "aria-pressed", String(at === index));
      sets[at].hidden = at !== index;
    }
  };
  const told = unlessEcho(field, element, onEdit, (value) => {
    const names = Object.keys(value ?? {});
    const fits = (/** @type {Field} */ { fields }) =>
      names.every((name) => fields.some((part) => part.name === name));
    put(names.length ? field.fields.findIndex(fits) : chosen);
    for (const [at, body] of bodies.entries()) body.show(at === chosen ? value : field.initial);
  });
  return { element, show: told.show };
}

/**
 * A list of which the form shows the first entry; the others are kept.
 *
 * @param {Field} field
 * @param {Listener} onEdit
 * @param {Maker} make of the parts
 * @returns {Control}
 */
export function entryControl(field, onEdit, make) {
  /** @type {unknown[]} */
  let others = [];
  const { name, label, hint, nested } = field;
  const [item] = field.fields;
  const one = { .../** @type {Field} */ (item), name, label, hint, nested, initial: null };
  const control = make(one, (value) => {
    if (value !== null) onEdit([value, ...others]);
    else onEdit(others.length ? others : field.initial);
  });
  const show = (/** @type {unknown} */ value) => {
    const [first = null, ...rest] = Array.isArray(value) ? value : [];
    others = rest;
    control.show(first);
  };
  return { element: control.element, show };
}

/** @param {string} name */
const capitalized = (name) => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * @param {Field} field
 * @param {string} label
 * @param {HTMLElement[]} inner
 * @param {boolean} isLong whether it opens only when it is wanted
 * @returns {HTMLElement}
 */
const groupElement = (field, label, inner, isLong) =>
  isLong
    ? h(
        "details",
        { class: "group folded" },
        h("summary", { title: field.hint }, label, icon("chevron", "small")),
        ...inner,
      )
    : h("fieldset", { class: "group" }, h("legend", { title: field.hint }, label), ...inner);

/**
 * What was edited comes back as the recipe's value, and must not undo a half-typed group, which is
 * neutral there.
 *
 * @param {Field} field
 * @param {HTMLElement} element
 * @param {Listener} onEdit
 * @param {Listener} showValue
 * @returns {{edit: Listener, show: Listener}}
 */
function unlessEcho(field, element, onEdit, showValue) {
  /** @type {unknown} */
  let told;
  const showChanged = () => element.classList.toggle("changed", !same(told, field.initial));
  const edit = (/** @type {unknown} */ value) => {
    told = value;
    showChanged();
    onEdit(value);
  };
  const show = (/** @type {unknown} */ value) => {
    if (told !== undefined && same(value, told)) return;
    told = value;
    showChanged();
    showValue(value);
  };
  return { edit, show };
}

/**
 * @param {Field} field a group
 * @param {Listener} onEdit
 * @param {Maker} make of the parts
 * @returns {{elements: HTMLElement[], show: Listener, value: () => unknown}}
 */
function bodyOf(field, onEdit, make) {
  const neutral = /** @type {Record<string, unknown>} */ (field.initial ?? {});
  const parts = field.fields.map((part) => ({
    ...part,
    nested: true,
    initial: neutral[part.name] ?? part.initial,
  }));
  /** @type {Record<string, unknown>} */
  let current = {};
  const value = () => groupValue(field, parts, current);
  const controls = parts.map((part) =>
    make(part, (given) => {
      current = { ...current, [part.name]: given };
      showParts();
      onEdit(value());
    }),
  );
  const showParts = () =>
    controls.forEach(({ element, show }, index) => {
      const part = /** @type {Field} */ (parts[index]);
      show(current[part.name]);
      element.hidden = !counts(part, current);
    });
  const show = (/** @type {unknown} */ given) => {
    const all = parts.map(({ name, initial }) => [name, initial]);
    current = { ...neutral, ...Object.fromEntries(all), .../** @type {object} */ (given ?? {}) };
    showParts();
  };
  return { elements: controls.map(({ element }) => element), show, value };
}

/**
 * @param {Field} part
 * @param {Record<string, unknown>} current
 * @returns {boolean} whether it says anything beside its neighbors
 */
const counts = ({ onlyWith }, current) =>
  Object.entries(onlyWith).every(([name, wanted]) => same(current[name], wanted));

/**
 * @param {Field} field
 * @param {Field[]} parts
 * @param {Record<string, unknown>} current
 * @returns {unknown}
 */
function groupValue(field, parts, current) {
  const silent = new Set(parts.filter((part) => !counts(part, current)).map(({ name }) => name));
  const told = parts.filter(({ name }) => !silent.has(name));
  const neutral = /** @type {Record<string, unknown>} */ (field.initial ?? {});
  const shown = new Set(parts.map(({ name }) => name));
  const kept = Object.keys(current).filter((name) => !shown.has(name));
  const touched =
    told.some(({ name, initial }) => !same(current[name], initial)) ||
    kept.some((name) => !same(current[name], neutral[name]));
  const complete = told.every(({ name, required }) => !required || !isAbsent(current[name]));
  if (!touched || !complete) return field.initial;
  const given = Object.entries(current);
  return Object.fromEntries(given.filter(([name, one]) => !isAbsent(one) && !silent.has(name)));
}
