/** Modal dialogs. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

/**
 * Shows it; a click beside it closes it.
 *
 * @param {HTMLDialogElement} dialog
 */
export function openModal(dialog) {
  dialog.showModal();
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

/**
 * @param {() => void} onClick
 * @returns {HTMLButtonElement}
 */
export const closeButton = (onClick) =>
  h("button", { class: "ico", "aria-label": t("close"), onclick: onClick }, icon("close"));

/**
 * A title with a button that closes.
 *
 * @param {string} title
 * @param {string} id of the heading, for aria-labelledby
 * @param {() => void} onClose
 * @returns {HTMLElement}
 */
export const dialogHead = (title, id, onClose) =>
  h("div", { class: "dialog-head" }, h("h2", { id }, title), closeButton(onClose));

/**
 * Asks before something that cannot be taken back. The buttons say what happens, not "OK".
 *
 * @param {{title: string, text: string, stay: string, go: string}} words
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, stay, go }) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      h("div", { class: "dialog-head" }, h("h2", { id: "confirm-title" }, title)),
      h("div", { class: "dialog-body" }, h("p", { id: "confirm-text", class: "muted" }, text)),
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { class: "btn", autofocus: true, onclick: () => dialog.close() }, stay),
        h("button", { class: "btn danger", onclick: () => dialog.close("go") }, go),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "go");
    });
    document.body.append(dialog);
    openModal(dialog);
  });
}
