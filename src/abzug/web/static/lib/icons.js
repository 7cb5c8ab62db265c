/** Icons on a 20 × 20 grid, one path each, drawn with the color of the text. */

import { setAttribute, svg } from "./dom.js";

const PATHS = {
  up: "M10 15V4m0 0L5.5 8.5M10 4l4.5 4.5M4 17h12",
  down: "M10 4v9m0 0 4-4m-4 4L6 9M4 16.5h12",
  left: "M12.5 5 7 10l5.5 5",
  right: "M7.5 5 13 10l-5.5 5",
  chevron: "m5.5 8 4.5 4.5L14.5 8",
  arrows: "M7 6 3.5 10 7 14m6-8 3.5 4-3.5 4",
  plus: "M10 4v12M4 10h12",
  close: "m5 5 10 10M15 5 5 15",
  check: "m4 10.5 4 4 8-9",
  warning: "M10 3 1.8 16.5h16.4ZM10 8v4m0 2.2v.1",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm0 3v4l2.6 1.8",
  lamp: "M6 9a4 4 0 0 1 8 0l1.5 3h-11ZM10 2v3m-2.5 9.5a2.5 2.5 0 0 0 5 0",
  retry: "M15.5 8A6 6 0 1 0 16 11m0-7v4h-4",
  pause: "M7 4.5v11m6-11v11",
  play: "M6 4.5v11l9-5.5Z",
  edit: "m4 16 .8-3.4L13.5 4 16 6.5 7.4 15.2Z",
  grid: "M4 4h5v5H4Zm7 0h5v5h-5ZM4 11h5v5H4Zm7 0h5v5h-5Z",
  list: "M4 5.5h12M4 10h12M4 14.5h12",
  sliders: "M4 6h5m4 0h3M4 14h2m4 0h6M11 4v4M8 12v4",
  photo: "M3.5 4.5h13v11h-13Zm0 8.5 4-4 3.5 3.5 2-2 3.5 3.5M13 7.7h.01",
  folder: "M3 6V5a1 1 0 0 1 1-1h3.6l1.8 2H16a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1Z",
  book: "M10 5.5C8 4 5.5 3.8 3 4.2v11.3c2.5-.4 5-.2 7 1.3m0-11.3c2-1.5 4.5-1.7 7-1.3v11.3c-2.5-.4-5-.2-7 1.3M10 5.5v11.3",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 2v1.5m0 13V18m8-8h-1.5m-13 0H2M15.7 4.3l-1 1m-9.4 9.4-1 1m11.4 0-1-1M5.3 5.3l-1-1",
  moon: "M16 12.2A6.7 6.7 0 0 1 7.8 4a6.7 6.7 0 1 0 8.2 8.2Z",
  auto: "M10 3a7 7 0 1 0 0 14Zm0 0a7 7 0 0 1 0 14Z",
  marks: "M3.5 7V3.5H7m6 0h3.5V7m0 6v3.5H13m-6 0H3.5V13M10 7.5v5M7.5 10h5",
  help: "M7.6 7.5A2.5 2.5 0 1 1 10 10.8V12m0 2.6v.1M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Z",
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * @param {IconName} name
 * @param {"" | "small" | "chevron"} [kind]
 * @returns {SVGSVGElement}
 */
export function icon(name, kind = "") {
  const attributes = { class: kind ? `icon ${kind}` : "icon", viewBox: "0 0 20 20" };
  return svg("svg", { ...attributes, "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}

/**
 * Changes the picture of an icon made by `icon`.
 *
 * @param {Element} drawn
 * @param {IconName} name
 */
export function setIcon(drawn, name) {
  if (drawn.firstElementChild) setAttribute(drawn.firstElementChild, "d", PATHS[name]);
}

/**
 * The lamp: a darkroom safelight hanging from its cord, its filter aglow, its cone of light.
 *
 * @returns {SVGSVGElement}
 */
export function logo() {
  const parts = {
    glow: "M9.5 18 4 29.5h24L22.5 18Z",
    cord: "M16 1.5v5",
    shade:
      "M12.2 6.5h7.6c.5 0 .9.3 1.1.7l3.7 8.4c.4.9-.2 1.9-1.2 1.9H8.6c-1 0-1.6-1-1.2-1.9l3.7-8.4c.2-.4.6-.7 1.1-.7Z",
    filter: "M10 17.5h12a6 5.2 0 0 1-12 0Z",
  };
  return svg(
    "svg",
    { class: "logo", viewBox: "0 0 32 32", "aria-hidden": "true" },
    ...Object.entries(parts).map(([part, d]) => svg("path", { class: part, d })),
  );
}
