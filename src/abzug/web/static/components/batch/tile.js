/** One photo of the grid or the list, and its state. */

import { extension } from "../../files/sniff.js";
import { h, setAttribute, setText } from "../../lib/dom.js";
import { size } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { icon, setIcon } from "../../lib/icons.js";
import { noticeWords } from "../../server/notices.js";
import { PREVIEW } from "../../state/batch.js";
import { lookOf } from "../photo/look.js";

/** @import {Item} from "../../state/batch.js" */

/**
 * @typedef {object} Parts
 * @property {HTMLButtonElement} button
 * @property {HTMLImageElement} image
 * @property {HTMLElement} placeholder
 * @property {HTMLElement} progress
 * @property {HTMLElement} file
 * @property {HTMLElement} pixels
 * @property {SVGSVGElement} icon
 * @property {HTMLElement} text
 * @property {HTMLElement} state
 * @property {HTMLElement} notices
 */

/** @type {WeakMap<HTMLElement, Parts>} */
const partsOf = new WeakMap();

/**
 * @param {Item} item
 * @param {"grid" | "list"} view
 * @returns {HTMLElement}
 */
export function makeTile(item, view) {
  const parts = {
    image: h("img", { alt: "", hidden: true, draggable: "false" }),
    placeholder: h("span", { class: "placeholder" }, icon("photo"), extension(item.name)),
    progress: h("i"),
    file: h("span", { class: "file" }),
    pixels: h("span", { class: "pixels" }),
    icon: icon("clock"),
    text: h("span", { class: "clip" }),
    button: h("button", { class: "photo" }),
    state: h("div", { class: "state" }),
    notices: h("span", { class: "clip notices" }),
  };
  parts.button.append(parts.image, parts.placeholder, h("span", { class: "sent" }, parts.progress));
  parts.state.append(parts.icon, parts.text, parts.notices);
  const name = h("span", { class: "name clip", title: item.name }, item.name);
  const tile =
    view === "grid"
      ? h(
          "li",
          { class: "tile" },
          parts.button,
          h("div", { class: "caption" }, name, parts.file),
          parts.state,
        )
      : h("li", { class: "tile line" }, parts.button, name, parts.pixels, parts.file, parts.state);
  partsOf.set(tile, parts);
  return tile;
}

/**
 * @param {HTMLElement} tile
 * @param {Item} item
 * @param {{index: number, total: number, active: boolean}} place
 * @param {string | null} thumbnail of the local file
 */
export function showTile(tile, item, place, thumbnail) {
  const parts = /** @type {Parts} */ (partsOf.get(tile));
  const look = lookOf(item);
  const preview = item.results.find(({ name }) => name === PREVIEW);
  const source = preview?.url ?? thumbnail;
  setAttribute(tile, "data-state", item.state);
  setAttribute(tile, "aria-setsize", place.total);
  setAttribute(tile, "aria-posinset", place.index + 1);
  setAttribute(parts.button, "tabindex", place.active ? 0 : -1);
  const notices = item.state === "done" ? item.notices.map(noticeWords).join(" ") : "";
  const own = Object.keys(item.own).length ? t("tile.own") : "";
  const noted = notices && t("tile.notices", { n: item.notices.length });
  const state = [look.text, own, noted].filter(Boolean).join(", ");
  setAttribute(
    parts.button,
    "aria-label",
    t(preview ? "tile.compare" : "tile.open", { name: item.name, state }),
  );
  const told = [own, notices].filter(Boolean).join(". ");
  parts.notices.hidden = !told;
  setText(parts.notices, told);
  setAttribute(parts.notices, "title", told);
  parts.image.hidden = !source;
  parts.placeholder.hidden = Boolean(source);
  if (source) setAttribute(parts.image, "src", source);
  parts.progress.style.width = `${item.size ? (item.sent / item.size) * 100 : 0}%`;
  setText(parts.file, item.size ? size(item.size) : "");
  setText(parts.pixels, item.width ? `${item.width} × ${item.height}` : "");
  setIcon(parts.icon, look.icon);
  setText(parts.text, look.text);
  setAttribute(parts.text, "title", look.text);
  setAttribute(parts.state, "class", look.tone ? `state ${look.tone}` : "state");
}
