/** How marks on a picture are drawn, and said. */

import { svg } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";

/** @import {Box, Side} from "../../recipe/boxes.js" */
/** @import {Mark} from "../../recipe/types.js" */

/** @typedef {{left: number, top: number, width: number, height: number}} Area  in px */

/** @type {[Side, Side][]} */
const CORNERS = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
];
/** @type {[Side, Side][]} */
const SIDES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
];

/** @param {Box} box */
export const wordsOf = ({ x, y, width, height }) => {
  const [left, top, across, down] = [x, y, width, height].map((one) => Math.round(one * 100));
  const values = { left: left ?? 0, top: top ?? 0, width: across ?? 0, height: down ?? 0 };
  return width || height ? t("marks.box", values) : t("marks.point", values);
};

/**
 * @param {Box} box
 * @param {Area} area
 * @returns {Box}
 */
export const inPixels = ({ x, y, width, height }, area) => ({
  x: area.left + x * area.width,
  y: area.top + y * area.height,
  width: width * area.width,
  height: height * area.height,
});

/** @param {Box} box */
export const rectangle = ({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}Z`;

/**
 * @param {Mark} mark
 * @param {Box[]} boxes in px
 * @returns {string} the line around what is kept of the picture
 */
export function outlineOf({ kind }, boxes) {
  if (kind === "frame") return boxes.map(rectangle).join("");
  return kind === "corners" ? `M${boxes.map(({ x, y }) => `${x} ${y}`).join("L")}Z` : "";
}

/** @param {Box} box in px: where a picture is well divided */
export const thirdsOf = ({ x, y, width, height }) =>
  [1 / 3, 2 / 3]
    .map((part) => `M${x + part * width} ${y}v${height}M${x} ${y + part * height}h${width}`)
    .join("");

/**
 * @param {Element} mark a point, or a box with its body
 * @returns {SVGElement}
 */
export const focusableOf = (mark) =>
  /** @type {SVGElement} */ (mark.matches("[tabindex]") ? mark : mark.querySelector("[tabindex]"));

const FOCUSABLE = { role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": 100 };

export const makePoint = () =>
  svg(
    "g",
    { class: "mark point", ...FOCUSABLE },
    svg("circle", { class: "reach" }),
    svg("circle", { class: "ring" }),
    svg("circle", { class: "dot" }),
  );

/** @param {"boxes" | "frame"} kind */
export const makeBox = (kind) =>
  svg(
    "g",
    { class: "mark" },
    svg("rect", { class: "body", "data-sides": "0 0", width: 0, height: 0, ...FOCUSABLE }),
    ...(kind === "frame" ? [...SIDES, ...CORNERS] : CORNERS).map(makeGrip),
  );

/** @param {[Side, Side]} sides */
const makeGrip = (sides) =>
  svg(
    "g",
    { class: "grip", "data-sides": sides.join(" ") },
    svg("circle", { class: "reach" }),
    svg("circle", { class: "dot" }),
  );
