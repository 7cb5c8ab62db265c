/**
 * An editor of curves through points, as photographers know it: a click adds a point, it is
 * dragged, a double-click or Delete takes it away; arrows move it.
 */

import { append, h, patch, setAttribute, svg } from "../../lib/dom.js";
import { followDrag } from "../../lib/drag.js";
import { t, translated } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import {
  added,
  monotoneCubic,
  moved,
  removed,
  widestGap,
  withEnds,
  withoutEnds,
} from "../../recipe/curve.js";
import { same } from "../../recipe/schema.js";

/** @import {Point} from "../../recipe/curve.js" */
/** @import {Control, Listener} from "./field.js" */
/** @import {Field} from "../../recipe/types.js" */

const APART = 8; // of 255: nearer than this to a point, a click means that point
const SAMPLES = 128;
const FAST = 10; // arrows with Shift

/** @typedef {Record<string, Point[]>} Curves points of each channel */

/**
 * @param {Field} field of kind "curves": its fields are the channels
 * @param {string} label
 * @param {Listener} onEdit
 * @returns {Control}
 */
export function curvesControl(field, label, onEdit) {
  const editor = new AzCurves(field, label);
  editor.addEventListener("edit", (event) => onEdit(/** @type {CustomEvent} */ (event).detail));
  const element = h(
    "details",
    { class: "group folded" },
    h("summary", { title: field.hint }, label, icon("chevron", "small")),
    editor,
  );
  const show = (/** @type {unknown} */ value) => {
    editor.show(value);
    element.classList.toggle("changed", !same(value, field.initial));
  };
  return { element, show };
}

export class AzCurves extends HTMLElement {
  #field;
  #size;
  #most;
  /** @type {Curves} */
  #curves = {};
  #channel = "";
  #chosen = 0;
  /** Whether the last press was on a point, and the one before it, too: that of a double-click
   * which adds a point must not take it away again. */
  #held = false;
  #heldTwice = false;
  /** @type {Map<string, HTMLButtonElement>} */
  #tabs;
  /** @type {Map<string, SVGElement>} */
  #lines;
  #handles = svg("g");
  #square;
  #before;
  #after;
  #remove;
  #reset;

  /**
   * @param {Field} field
   * @param {string} label
   */
  constructor(field, label) {
    super();
    const channels = field.fields.map(({ name }) => name);
    this.#field = field;
    this.#channel = channels[0] ?? "";
    this.#size = field.fields[0]?.max ?? 0;
    this.#most = field.fields[0]?.most ?? 0;
    this.#tabs = new Map(field.fields.map((channel) => [channel.name, this.#tab(channel)]));
    this.#lines = new Map(
      channels.map((name) => [name, svg("path", { class: "curve", "data-channel": name })]),
    );
    this.#square = this.#makeSquare(label);
    this.#before = this.#typed("curve.before", 0);
    this.#after = this.#typed("curve.after", 1);
    const remove = { class: "btn quiet", "aria-label": t("curve.remove") };
    this.#remove = h("button", { ...remove, onclick: () => this.#delete() }, t("form.remove"));
    const reset = { class: "btn quiet", "aria-label": t("curve.reset") };
    this.#reset = h("button", { ...reset, onclick: () => this.#edit([]) }, t("recipe.reset"));
    const add = { class: "btn quiet", onclick: () => this.#addMiddle() };
    append(this, [
      h(
        "div",
        { class: "seg", role: "group", "aria-label": t("curve.channel") },
        ...this.#tabs.values(),
      ),
      this.#square,
      h("div", { class: "row" }, this.#before.label, this.#after.label),
      h(
        "div",
        { class: "row" },
        h("button", add, icon("plus", "small"), t("curve.add")),
        this.#remove,
        this.#reset,
      ),
    ]);
    this.show(field.initial);
  }

  /** @param {unknown} value */
  show(value) {
    const given = /** @type {Curves} */ (value ?? {});
    this.#curves = Object.fromEntries(
      this.#field.fields.map(({ name }) => [name, given[name] ?? []]),
    );
    this.#paint();
  }

  get #points() {
    return withEnds(this.#curves[this.#channel] ?? [], this.#size);
  }

  /** @param {Field} channel */
  #tab({ name, label }) {
    const choose = () => {
      this.#channel = name;
      this.#chosen = 0;
      this.#paint();
    };
    const words = translated(`curve.${name}`, translated(`op.${name}`, label));
    return h("button", { "data-channel": name, onclick: choose }, words);
  }

  /** @param {string} label */
  #makeSquare(label) {
    const size = this.#size;
    const quarters = [0.25, 0.5, 0.75].map((part) => part * size);
    const grid = quarters.map((at) => `M${at} 0V${size}M0 ${at}H${size}`).join("");
    const square = svg(
      "svg",
      { viewBox: `0 0 ${size} ${size}`, role: "group", "aria-label": label },
      svg("path", { class: "grid", d: grid }),
      svg("path", { class: "grid diagonal", d: `M0 ${size}L${size} 0` }),
      ...this.#lines.values(),
      this.#handles,
    );
    square.addEventListener("pointerdown", this.#grab);
    square.addEventListener("dblclick", () => {
      if (this.#heldTwice) this.#delete();
    });
    square.addEventListener("keydown", this.#key);
    square.addEventListener("focusin", ({ target }) => this.#choose(this.#indexOf(target)));
    return square;
  }

  /**
   * @param {"curve.before" | "curve.after"} key
   * @param {0 | 1} axis
   */
  #typed(key, axis) {
    const input = h("input", { class: "in", type: "number", min: 0, max: this.#size, step: 1 });
    input.addEventListener("change", () => {
      const to = /** @type {Point} */ ([...(this.#points[this.#chosen] ?? [0, 0])]);
      if (input.value !== "") to[axis] = Number(input.value);
      this.#moveTo(to);
    });
    return { input, label: h("label", { class: "field grow" }, h("span", {}, t(key)), input) };
  }

  /** @param {Point[]} points */
  #edit(points) {
    this.#curves = { ...this.#curves, [this.#channel]: withoutEnds(points, this.#size) };
    this.#paint();
    this.dispatchEvent(new CustomEvent("edit", { detail: this.#curves }));
  }

  /** @param {Point} to */
  #moveTo(to) {
    this.#edit(moved(this.#points, this.#chosen, to, this.#size));
  }

  /** @param {Point} point */
  #add(point) {
    const limits = { size: this.#size, most: this.#most, apart: APART };
    const { points, index } = added(this.#points, point, limits);
    this.#chosen = index;
    this.#edit(points);
    this.#focus();
  }

  #addMiddle() {
    const x = widestGap(this.#points);
    this.#add([x, monotoneCubic(this.#points)(x)]);
  }

  #delete() {
    this.#edit(removed(this.#points, this.#chosen, this.#size));
    this.#focus();
  }

  /** @param {number} index */
  #choose(index) {
    if (index < 0 || index === this.#chosen) return;
    this.#chosen = index;
    this.#paint();
  }

  #focus() {
    const handle = this.#handles.children[this.#chosen];
    if (handle instanceof SVGElement) handle.focus({ preventScroll: true });
  }

  /** @param {EventTarget | null} target */
  #indexOf(target) {
    const handle = target instanceof Element ? target.closest(".handle") : null;
    return handle ? [...this.#handles.children].indexOf(handle) : -1;
  }

  /** @param {PointerEvent} event */
  #grab = (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const index = this.#indexOf(event.target);
    this.#heldTwice = this.#held && index >= 0;
    this.#held = index >= 0;
    if (index < 0) this.#add(this.#at(event));
    else {
      this.#choose(index);
      this.#focus();
    }
    followDrag(this.#square, event, (moving) => this.#moveTo(this.#at(moving)));
  };

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  #at({ clientX, clientY }) {
    const { left, bottom, width, height } = this.#square.getBoundingClientRect();
    return [((clientX - left) / width) * this.#size, ((bottom - clientY) / height) * this.#size];
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const [x, y] = this.#points[this.#chosen] ?? [0, 0];
    const step = event.shiftKey ? FAST : 1;
    /** @type {Record<string, Point>} */
    const targets = {
      ArrowLeft: [x - step, y],
      ArrowRight: [x + step, y],
      ArrowUp: [x, y + step],
      ArrowDown: [x, y - step],
    };
    const target = targets[event.key];
    if (target) this.#moveTo(target);
    else if (event.key === "Delete" || event.key === "Backspace") this.#delete();
    else return;
    event.preventDefault();
  };

  #paint() {
    const points = this.#points;
    this.#chosen = Math.min(this.#chosen, points.length - 1);
    this.dataset["channel"] = this.#channel;
    for (const [name, line] of this.#lines) this.#paintLine(name, line);
    for (const [name, tab] of this.#tabs) {
      setAttribute(tab, "aria-pressed", String(name === this.#channel));
      tab.classList.toggle("changed", (this.#curves[name] ?? []).length > 0);
    }
    const handles = points.map((point, index) => ({ point, index }));
    patch(
      this.#handles,
      handles,
      ({ index }) => String(index),
      makeHandle,
      (handle, { point, index }) => this.#paintHandle(handle, point, index, points.length),
    );
    const [before, after] = points[this.#chosen] ?? [0, 0];
    showNumber(this.#before.input, before);
    showNumber(this.#after.input, after);
    this.#remove.disabled = this.#chosen === 0 || this.#chosen === points.length - 1;
    this.#reset.disabled = (this.#curves[this.#channel] ?? []).length === 0;
  }

  /**
   * @param {string} name
   * @param {SVGElement} line
   */
  #paintLine(name, line) {
    const given = this.#curves[name] ?? [];
    const isShown = name === this.#channel || given.length > 0;
    const curve = monotoneCubic(withEnds(given, this.#size));
    const steps = Array.from({ length: SAMPLES + 1 }, (_, at) => (at / SAMPLES) * this.#size);
    const path = steps.map((x) => `${x.toFixed(2)} ${(this.#size - curve(x)).toFixed(2)}`);
    setAttribute(line, "d", isShown ? `M${path.join("L")}` : "");
    line.classList.toggle("current", name === this.#channel);
  }

  /**
   * @param {Element} handle
   * @param {Point} point
   * @param {number} index
   * @param {number} total
   */
  #paintHandle(handle, [x, y], index, total) {
    setAttribute(handle, "transform", `translate(${x} ${this.#size - y})`);
    setAttribute(handle, "aria-label", t("curve.point", { n: index + 1, total }));
    setAttribute(handle, "aria-valuetext", t("curve.value", { before: x, after: y }));
    setAttribute(handle, "aria-valuenow", y);
    setAttribute(handle, "aria-valuemax", this.#size);
    handle.classList.toggle("chosen", index === this.#chosen);
  }
}

const makeHandle = () =>
  svg(
    "g",
    { class: "handle", role: "slider", tabindex: 0, "aria-valuemin": 0 },
    svg("circle", { class: "reach" }),
    svg("circle", { class: "dot" }),
  );

/**
 * @param {HTMLInputElement} input
 * @param {number} value
 */
function showNumber(input, value) {
  if (document.activeElement !== input) input.value = String(Math.round(value));
}
