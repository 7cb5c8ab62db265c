/** Keys for what is done often, and the list of them. */

import { choosePhotos } from "../../files/picker.js";
import { dialogHead, openModal } from "../../lib/dialogs.js";
import { h } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";

/** @import {App} from "../../state/app.js" */
/** @import {Key} from "../../lib/i18n.js" */

/** @type {[string[], Key][]} */
const KEYS = [
  [["U"], "keys.choose"],
  [["V"], "keys.view"],
  [["T"], "keys.theme"],
  [["←", "→", "↑", "↓"], "keys.tiles"],
  [["↵"], "keys.open"],
  [["⌫"], "keys.remove"],
  [["←", "→"], "keys.compare"],
  [["←", "→", "↑", "↓"], "keys.marks"],
  [["?"], "keys.help"],
];

export function showShortcuts() {
  const rows = KEYS.flatMap(([keys, meaning]) => [
    h("dt", {}, ...keys.flatMap((key) => [h("kbd", {}, key), " "])),
    h("dd", {}, t(meaning)),
  ]);
  const dialog = h(
    "dialog",
    { "aria-labelledby": "keys-title", onclose: () => dialog.remove() },
    dialogHead(t("keys.title"), "keys-title", () => dialog.close()),
    h("div", { class: "dialog-body" }, h("dl", { class: "pairs" }, ...rows)),
  );
  document.body.append(dialog);
  openModal(dialog);
}

/** @param {App} app */
export function listenForKeys(app) {
  /** @type {Record<string, () => void>} */
  const actions = {
    u: choosePhotos,
    v: () => app.choose({ view: app.display.view === "grid" ? "list" : "grid" }),
    t: () => app.switchTheme(),
    "?": showShortcuts,
  };
  addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    if (target.matches("input:not([type=range]):not([type=checkbox]), textarea, select")) return;
    actions[event.key.toLowerCase()]?.();
  });
}
