/**
 * The photos, as a grid or a list. Only the rows on the screen (and a few beyond) are in the DOM,
 * so ten thousand photos cost no more than fifty.
 */

import { append, h, patch, setText } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { View } from "../view.js";
import { makeTile, showTile } from "./tile.js";

/** @import {Item} from "../../state/batch.js" */

const OVERSCAN = 1; // rows beyond the screen, for scrolling by keys

export class AzTiles extends View {
  #list = h("ul");
  #empty = h("div");
  #nothing = h("p");
  /** The item that Tab reaches; arrows move it. */
  #active = 0;
  #columns = 1;
  #rowHeight = 220;
  #layout = "";
  #scheduled = 0;

  /** @param {import("../../state/app.js").App} app @override */
  start(app) {
    super.start(app);
    const later = () => {
      this.#scheduled ||= requestAnimationFrame(() => this.#render());
    };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later); // a taller window shows more rows, and the list is no larger
    new ResizeObserver(later).observe(this);
  }

  /** @override */
  build() {
    this.#list = h("ul", {
      class: "tiles",
      tabindex: -1,
      "aria-label": t("tiles.label"),
      onkeydown: this.#key,
      onclick: this.#click,
    });
    this.#nothing = h("p");
    this.#empty = h(
      "div",
      { class: "empty" },
      icon("photo"),
      h("h3", {}, t("tiles.none")),
      this.#nothing,
    );
    append(this, [this.#list, this.#empty]);
    this.#layout = "";
    this.#list.addEventListener("error", () => void this.app.renewResults(), { capture: true });
  }

  /** @override */
  update() {
    this.hidden = this.app.batch.items.length === 0 || !this.app.ready;
    if (!this.hidden) this.#render();
  }

  #render() {
    cancelAnimationFrame(this.#scheduled);
    this.#scheduled = 0;
    if (this.hidden) return;
    const items = this.app.visible();
    this.#empty.hidden = items.length > 0;
    this.#list.hidden = items.length === 0;
    setText(this.#nothing, t("tiles.none.text", { state: t(`filter.${this.app.display.filter}`) }));
    this.#active = Math.max(0, Math.min(this.#active, items.length - 1));
    this.#measure();
    this.#fill(items);
    this.#remeasure(items);
  }

  #measure() {
    const grid = this.app.display.view === "grid";
    const width = this.clientWidth;
    const gap = innerWidth < 760 ? 12 : 16;
    const least = Math.min(this.app.display.tileSize, (width - gap) / 2);
    this.#columns = grid ? Math.max(1, Math.floor((width + gap) / (least + gap))) : 1;
    const layout = `${this.app.display.view} ${this.#columns} ${width}`;
    if (layout === this.#layout) return;
    this.#layout = layout;
    this.#list.className = grid ? "tiles" : "lines card";
    this.#list.style.setProperty("--columns", String(this.#columns));
    this.#list.replaceChildren();
    const tile = (width - gap * (this.#columns - 1)) / this.#columns;
    this.#rowHeight = grid ? tile / 1.5 + 68 : 55;
  }

  /** What was guessed before the first row was there is now known.
   * @param {Item[]} items */
  #remeasure(items) {
    const [first] = this.#list.children;
    if (!first) return;
    const gap = Number.parseFloat(getComputedStyle(this.#list).rowGap) || 0;
    const height = first.getBoundingClientRect().height + gap;
    if (Math.abs(height - this.#rowHeight) < 0.5) return;
    this.#rowHeight = height;
    this.#fill(items);
  }

  /** @param {Item[]} items */
  #fill(items) {
    const rows = Math.ceil(items.length / this.#columns);
    const top = this.#list.getBoundingClientRect().top;
    const from = Math.max(0, Math.min(rows - 1, Math.floor(-top / this.#rowHeight) - OVERSCAN));
    const to = Math.min(rows, Math.ceil((innerHeight - top) / this.#rowHeight) + OVERSCAN);
    const shown = items.slice(from * this.#columns, Math.max(from + 1, to) * this.#columns);
    const focused = this.#list.contains(document.activeElement);
    this.#list.style.paddingTop = `${from * this.#rowHeight}px`;
    this.#list.style.paddingBottom = `${Math.max(0, rows - Math.max(from + 1, to)) * this.#rowHeight}px`;
    let index = from * this.#columns;
    const make = (/** @type {Item} */ item) => makeTile(item, this.app.display.view);
    patch(
      this.#list,
      shown,
      ({ number }) => String(number),
      make,
      (tile, item) => {
        const place = { index, total: items.length, active: index === this.#active };
        showTile(tile, item, place, this.app.thumbs.get(item));
        index += 1;
      },
    );
    // the tile that had the focus scrolled out of sight: the arrows go on from the list
    if (focused && !this.#list.contains(document.activeElement))
      this.#list.focus({ preventScroll: true });
    this.app.thumbs.want(shown);
  }

  /** @param {MouseEvent} event */
  #click = (event) => {
    const tile = /** @type {Element} */ (event.target).closest("li");
    const item = this.#itemOf(tile);
    if (!item || !(/** @type {Element} */ (event.target).closest("button"))) return;
    this.#active = this.app.visible().indexOf(item);
    this.app.show(item);
  };

  /** @param {Element | null} tile */
  #itemOf(tile) {
    const key = tile instanceof HTMLElement ? tile.dataset["key"] : "";
    return this.app.batch.items.find(({ number }) => String(number) === key) ?? null;
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    /** @type {Record<string, number>} */
    const targets = {
      ArrowLeft: this.#active - 1,
      ArrowRight: this.#active + 1,
      ArrowUp: this.#active - this.#columns,
      ArrowDown: this.#active + this.#columns,
      Home: 0,
      End: Infinity,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      this.#focus(target);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.#removeActive();
    }
  };

  /** @param {number} index */
  #focus(index) {
    const items = this.app.visible();
    this.#active = Math.max(0, Math.min(items.length - 1, index));
    const row = Math.floor(this.#active / this.#columns);
    const top = this.#list.getBoundingClientRect().top + row * this.#rowHeight;
    const [above, below] = [covered("az-topbar", "az-tools"), covered("az-actions")];
    if (top < above) scrollBy(0, top - above);
    else if (top + this.#rowHeight > innerHeight - below) {
      scrollBy(0, top + this.#rowHeight - innerHeight + below);
    }
    this.#render();
    const key = items[this.#active]?.number;
    /** @type {HTMLElement | null} */ (
      this.#list.querySelector(`[data-key="${key}"] button`)
    )?.focus({ preventScroll: true });
  }

  #removeActive() {
    const item = this.app.visible()[this.#active];
    if (!item || item.chunk >= 0) return;
    this.app.remove(item);
    this.app.toast({ message: t("toast.removed", { name: item.name }) });
    if (this.app.batch.items.length) this.#focus(this.#active);
  }
}

/**
 * @param {...string} names elements that lie over the photos
 * @returns {number} px
 */
const covered = (...names) =>
  names.reduce((sum, name) => sum + (document.querySelector(name)?.clientHeight ?? 0), 0);
