/**
 * Marks over a picture, to be dragged: corners, spots, boxes, or a frame. Arrows move the one that
 * has the focus, with Shift they size it; Delete takes it away.
 */

import { append, patch, setAttribute, svg } from "../../lib/dom.js";
import { followDrag } from "../../lib/drag.js";
import { t } from "../../lib/i18n.js";
import { between, isConvex, movedBy, resizedBy } from "../../recipe/boxes.js";
import {
  focusableOf,
  inPixels,
  makeBox,
  makePoint,
  outlineOf,
  rectangle,
  thirdsOf,
  wordsOf,
} from "./mark-shapes.js";

/** @import {Box, Side} from "../../recipe/boxes.js" */
/** @import {Mark} from "../../recipe/types.js" */
/** @import {Area} from "./mark-shapes.js" */

/** @typedef {{x: number, y: number}} Place  fractions of the picture's sides */

const STEP = 0.005; // of a side, by an arrow key
const TAPPED = { width: 0.16, height: 0.16 }; // a box that was tapped, not drawn
const LEAST_DRAWN = 0.02;
export class AzOverlay extends HTMLElement {
  /** @type {Mark} */
  #mark = { kind: "spots", part: "", most: 0 };
  /** @type {Box[]} */
  #boxes = [];
  #ratio = 1;
  #shape = 0;
  #chosen = 0;
  /** Whether the last press was on a mark, and the one before it, too. */
  #held = false;
  #heldTwice = false;
  #shade = svg("path", { class: "shade", "fill-rule": "evenodd" });
  #halo = svg("path", { class: "halo" });
  #line = svg("path", { class: "line" });
  #thirds = svg("path", { class: "thirds" });
  #marks = svg("g");
  #picture = svg("svg", {}, this.#shade, this.#thirds, this.#halo, this.#line, this.#marks);

  connectedCallback() {
    append(this, [this.#picture]);
    this.#picture.addEventListener("pointerdown", this.#grab);
    this.#picture.addEventListener("keydown", this.#key);
    this.#picture.addEventListener("dblclick", () => this.#heldTwice && this.removeChosen());
    this.#picture.addEventListener("focusin", ({ target }) => this.#choose(this.#indexOf(target)));
    new ResizeObserver(() => this.#paint()).observe(this);
  }

  /**
   * Begins anew.
   *
   * @param {Mark} mark
   * @param {number} ratio of the picture's width to its height
   * @param {number} shape of boxes, width by height as fractions; 0: any
   */
  begin(mark, ratio, shape) {
    this.#shape = shape;
    this.#mark = mark;
    this.#ratio = ratio;
    this.#chosen = 0;
    this.dataset["kind"] = mark.kind;
    this.#marks.replaceChildren();
  }

  /** @param {Box[]} boxes */
  show(boxes) {
    this.#boxes = boxes;
    this.#chosen = Math.max(0, Math.min(this.#chosen, boxes.length - 1));
    this.#paint();
  }

  /** @returns {boolean} whether marks come and go */
  get isList() {
    return this.#mark.kind === "spots" || this.#mark.kind === "boxes";
  }

  get isEmpty() {
    return this.#boxes.length === 0;
  }

  get isFull() {
    return this.#boxes.length >= this.#mark.most;
  }

  /** A new one in the middle, for the keyboard. */
  addInMiddle() {
    this.#add({ x: 0.5, y: 0.5 });
    if (this.#mark.kind === "boxes") this.#tapped({ x: 0.5, y: 0.5 });
    this.focusChosen();
  }

  removeChosen() {
    if (!this.isList || this.isEmpty) return;
    this.#edit(this.#boxes.toSpliced(this.#chosen, 1));
    this.focusChosen();
  }

  focusChosen() {
    const mark = this.#marks.children[this.#chosen];
    if (mark) focusableOf(mark).focus({ preventScroll: true });
  }

  /** @param {Box[]} boxes */
  #edit(boxes) {
    if (this.#mark.kind === "corners" && !isConvex(boxes)) return;
    this.show(boxes);
    this.dispatchEvent(new CustomEvent("edit", { detail: boxes }));
  }

  /** @param {number} index */
  #choose(index) {
    if (index < 0 || index === this.#chosen) return;
    this.#chosen = index;
    this.#paint();
  }

  /** @param {EventTarget | null} target */
  #indexOf(target) {
    const mark = target instanceof Element ? target.closest(".mark") : null;
    return mark ? [...this.#marks.children].indexOf(mark) : -1;
  }

  /** @param {PointerEvent} event */
  #grab = (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const start = this.#at(event);
    const index = this.#indexOf(event.target);
    this.#heldTwice = this.#held && index >= 0;
    this.#held = index >= 0;
    if (index >= 0) this.#drag(event, index, start);
    else if (this.isList && !this.isFull) this.#draw(event, start);
  };

  /**
   * @param {PointerEvent} press on a mark
   * @param {number} index
   * @param {Place} start
   */
  #drag(press, index, start) {
    const before = this.#boxes;
    const grip = /** @type {Element} */ (press.target).closest("[data-sides]");
    const sides = /** @type {[Side, Side]} */ (
      (grip instanceof SVGElement ? grip.dataset["sides"] : "0 0")?.split(" ").map(Number)
    );
    this.#choose(index);
    this.focusChosen();
    followDrag(this.#picture, press, (event) => {
      const { x, y } = this.#at(event);
      this.#edit(changed(before, index, sides, [x - start.x, y - start.y], this.#shape));
    });
  }

  /**
   * @param {PointerEvent} press beside all marks
   * @param {Place} start
   */
  #draw(press, start) {
    this.#add(start);
    const index = this.#chosen;
    const isBox = this.#mark.kind === "boxes";
    const follow = (/** @type {PointerEvent} */ event) => {
      const box = isBox
        ? between(start, this.#at(event))
        : { ...this.#at(event), width: 0, height: 0 };
      this.#edit(movedBy(this.#boxes.with(index, box), index, 0, 0));
    };
    followDrag(this.#picture, press, follow, () => {
      const { width = 0, height = 0 } = this.#boxes[index] ?? {};
      if (isBox && Math.max(width, height) < LEAST_DRAWN) this.#tapped(start);
      this.focusChosen();
    });
  }

  /** @param {Place} place */
  #add(place) {
    const box =
      this.#mark.kind === "boxes" ? between(place, place) : { ...place, width: 0, height: 0 };
    const boxes = [...this.#boxes, box];
    this.#chosen = boxes.length - 1;
    this.#edit(movedBy(boxes, this.#chosen, 0, 0));
  }

  /** @param {Place} middle of a box that has no extent yet */
  #tapped({ x, y }) {
    const { width, height } = TAPPED;
    const box = { x: x - width / 2, y: y - height / 2, width, height };
    this.#edit(movedBy(this.#boxes.with(this.#chosen, box), this.#chosen, 0, 0));
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    /** @type {Record<string, [number, number]>} */
    const ways = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const way = ways[event.key];
    const hasExtent = this.#mark.kind === "boxes" || this.#mark.kind === "frame";
    if (way) {
      /** @type {[Side, Side]} */
      const sides = event.shiftKey && hasExtent ? [way[0] ? 1 : 0, way[1] ? 1 : 0] : [0, 0];
      const faster = event.shiftKey && !hasExtent ? 5 : 1;
      const by = /** @type {[number, number]} */ ([way[0] * faster, way[1] * faster]);
      this.#edit(changed(this.#boxes, this.#chosen, sides, by, this.#shape));
    } else if (event.key === "Delete" || event.key === "Backspace") this.removeChosen();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the dialog's arrows go to the next photo
  };

  /**
   * @param {PointerEvent} event
   * @returns {Place}
   */
  #at({ clientX, clientY }) {
    const bounds = this.#picture.getBoundingClientRect();
    const { left, top, width, height } = this.#area();
    const x = (clientX - bounds.left - left) / width;
    const y = (clientY - bounds.top - top) / height;
    return { x, y };
  }

  /** @returns {Area} where in this element the picture is: as large as fits */
  #area() {
    const { clientWidth, clientHeight } = this.#picture;
    const width = Math.min(clientWidth, clientHeight * this.#ratio);
    const height = width / this.#ratio;
    return { left: (clientWidth - width) / 2, top: (clientHeight - height) / 2, width, height };
  }

  #paint() {
    const area = this.#area();
    const { kind } = this.#mark;
    patch(
      this.#marks,
      this.#boxes.map((box, index) => ({ box: inPixels(box, area), index })),
      ({ index }) => String(index),
      () => (kind === "boxes" || kind === "frame" ? makeBox(kind) : makePoint()),
      (mark, { box, index }) => this.#paintMark(mark, box, index),
    );
    const boxes = this.#boxes.map((box) => inPixels(box, area));
    const outline = outlineOf(this.#mark, boxes);
    const whole = rectangle(inPixels({ x: 0, y: 0, width: 1, height: 1 }, area));
    setAttribute(this.#shade, "d", outline && whole + outline);
    setAttribute(this.#halo, "d", outline);
    setAttribute(this.#line, "d", outline);
    setAttribute(this.#thirds, "d", kind === "frame" ? boxes.map(thirdsOf).join("") : "");
  }

  /**
   * @param {SVGElement} mark
   * @param {Box} box in px
   * @param {number} index
   */
  #paintMark(mark, { x, y, width, height }, index) {
    const { x: across } = /** @type {Box} */ (this.#boxes[index]);
    setAttribute(mark, "transform", `translate(${x} ${y})`);
    mark.classList.toggle("chosen", index === this.#chosen);
    const thing = focusableOf(mark);
    const total = this.#boxes.length;
    setAttribute(thing, "aria-label", t(`marks.${this.#mark.kind}`, { n: index + 1, total }));
    setAttribute(thing, "aria-valuenow", Math.round(across * 100));
    setAttribute(thing, "aria-valuetext", wordsOf(/** @type {Box} */ (this.#boxes[index])));
    if (thing !== mark) {
      setAttribute(thing, "width", width);
      setAttribute(thing, "height", height);
    }
    for (const grip of /** @type {NodeListOf<SVGElement>} */ (mark.querySelectorAll(".grip"))) {
      const [side = 0, end = 0] = (grip.dataset["sides"] ?? "").split(" ").map(Number);
      const [left, top] = [((side + 1) / 2) * width, ((end + 1) / 2) * height];
      setAttribute(grip, "transform", `translate(${left} ${top})`);
    }
  }
}

/**
 * @param {Box[]} boxes
 * @param {number} index
 * @param {[Side, Side]} sides none: all of it moves
 * @param {[number, number]} by
 * @param {number} shape
 */
const changed = (boxes, index, sides, by, shape) =>
  sides.some(Boolean) ? resizedBy(boxes, index, sides, ...by, shape) : movedBy(boxes, index, ...by);
