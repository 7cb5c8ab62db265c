/** Which photos of the batch are shown, and how. */

import { recall, remember } from "../lib/storage.js";

/** @import {Batch, Item, State} from "./batch.js" */

/** @typedef {"all" | "uploading" | "waiting" | "editing" | "done" | "failed" | "cancelled"} Filter */

/** The states that each filter shows; `all` shows every one.
 * @type {Record<Exclude<Filter, "all">, State[]>} */
export const STATES_OF_FILTER = {
  uploading: ["new", "uploading", "missing"],
  waiting: ["ready", "waiting"],
  editing: ["editing"],
  done: ["done"],
  failed: ["failed"],
  cancelled: ["cancelled"],
};

export class Display {
  /** @type {Filter} */
  filter = "all";
  /** @type {"grid" | "list"} */
  view = recall("view") === "list" ? "list" : "grid";
  tileSize = Number(recall("tile")) || 188;

  /** @param {Partial<Pick<Display, "filter" | "view" | "tileSize">>} choice */
  choose(choice) {
    Object.assign(this, choice);
    remember("view", this.view);
    remember("tile", String(this.tileSize));
  }

  /**
   * @param {Batch} batch
   * @returns {Item[]} those that the filter shows
   */
  visible({ items }) {
    if (this.filter === "all") return items;
    const states = STATES_OF_FILTER[this.filter];
    return items.filter((item) => states.includes(item.state));
  }
}
