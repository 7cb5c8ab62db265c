/** Files that are stored already, to choose from: LUTs by name, photos of the batch by sight. */

import { confirm } from "../../lib/dialogs.js";
import { h, setAttribute } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../../lib/icons.js";
import { recall, remember } from "../../lib/storage.js";
import { ApiError, deleteLut, fetchLuts } from "../../server/api.js";

/**
 * @typedef {object} Choice
 * @property {string} id
 * @property {string} name
 * @property {string | null} picture its URL, of a photo
 */

/**
 * @typedef {object} Listeners
 * @property {(choice: Choice) => void} choose
 * @property {(id: string) => void} gone it was deleted
 * @property {(error: ApiError) => void} failed
 */

export class Choices {
  /** The id of what is chosen. */
  current = "";
  element = h("details", { class: "choices" });
  #kind;
  #on;
  #list = h("ul");
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {string} kind "photo", "lut"
   * @param {Listeners} listeners
   */
  constructor(kind, listeners) {
    this.#kind = kind;
    this.#on = listeners;
    this.#list.className = kind === "photo" ? "choices-photos" : "choices-names";
    const title = t(kind === "photo" ? "choices.photos" : "choices.luts");
    this.element.append(h("summary", {}, title, icon("chevron", "small")), this.#list);
    this.element.addEventListener("toggle", () => void this.refresh());
  }

  /** @param {string} current id */
  show(current) {
    this.current = current;
    for (const [id, button] of this.#buttons) {
      setAttribute(button, "aria-pressed", String(id === current));
    }
  }

  /** Asks for what there is to choose from, if it is looked at. */
  async refresh() {
    if (!this.element.open) return;
    try {
      this.#fill(this.#kind === "photo" ? this.#photos() : await luts());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#on.failed(error);
    }
  }

  /** @returns {Choice[]} what the page that this is part of gives */
  #photos() {
    /** @type {Choice[]} */
    const choices = [];
    this.element.dispatchEvent(new CustomEvent("photos", { bubbles: true, detail: choices }));
    return choices;
  }

  /** @param {Choice[]} choices */
  #fill(choices) {
    this.#buttons = new Map(choices.map((choice) => [choice.id, this.#button(choice)]));
    const rows = choices.map((choice) =>
      h("li", {}, this.#buttons.get(choice.id), this.#kind === "lut" && this.#deletion(choice)),
    );
    const nothing = h("li", { class: "small muted" }, t("choices.none"));
    this.#list.replaceChildren(...(rows.length ? rows : [nothing]));
    this.show(this.current);
  }

  /** @param {Choice} choice */
  #button(choice) {
    const { name, picture } = choice;
    const attributes = { class: "choice", title: name, onclick: () => this.#on.choose(choice) };
    return picture
      ? h("button", attributes, h("img", { src: picture, alt: name }))
      : h("button", attributes, h("span", { class: "clip" }, name));
  }

  /** @param {Choice} choice */
  #deletion({ id, name }) {
    const remove = async () => {
      const words = { title: t("choices.delete", { name }), text: t("choices.delete.text") };
      if (!(await confirm({ ...words, stay: t("choices.keep"), go: t("choices.delete.go") })))
        return;
      try {
        await deleteLut(id);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#on.failed(error);
        return;
      }
      this.#on.gone(id);
      await this.refresh();
    };
    const label = t("choices.delete.one", { name });
    return h(
      "button",
      { class: "ico", "aria-label": label, onclick: remove },
      icon("close", "small"),
    );
  }
}

/** @returns {Promise<Choice[]>} by name */
async function luts() {
  const { items } = await fetchLuts();
  return items
    .map(({ id, title }) => ({ id, name: title || nameOf(id), picture: null }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * @param {string} id of a stored file
 * @returns {string} what it was called when it came from this browser
 */
export const nameOf = (id) => recall(`file.${id}`) ?? id.slice(0, 8);

/**
 * @param {string} id
 * @param {string} name
 */
export const rememberName = (id, name) => remember(`file.${id}`, name);
