/** The bar at the top: where you are, whether the server is there, language, theme, help. */

import { append, h, setAttribute, setText } from "../../lib/dom.js";
import { LANGUAGES, language, t } from "../../lib/i18n.js";
import { icon, logo, setIcon } from "../../lib/icons.js";
import { theme } from "../../lib/theme.js";
import { leaveBatch } from "../batch/leave.js";
import { View } from "../view.js";
import { showShortcuts } from "./shortcuts.js";

/** @import {IconName} from "../../lib/icons.js" */

/** @type {Record<ReturnType<typeof theme>, IconName>} */
const THEME_ICON = { system: "auto", light: "sun", dark: "moon" };

export class AzTopBar extends View {
  #live = h("span");
  #state = h("span");
  #theme = h("button");

  /** @override */
  build() {
    this.setAttribute("role", "banner");
    this.#state = h("span");
    this.#live = h("span", { class: "live", role: "status" }, this.#state);
    this.#theme = h(
      "button",
      { class: "ico", onclick: () => this.app.switchTheme() },
      icon("auto"),
    );
    append(this, [
      h("a", { class: "skip", href: "#main", onclick: skip }, t("skip")),
      this.#brand(),
      h(
        "nav",
        { class: "nav", "aria-label": t("nav.main") },
        h(
          "a",
          { href: "/", "aria-current": "page", onclick: this.#home },
          icon("photo"),
          t("nav.batch"),
        ),
        h("a", { href: "/docs" }, icon("book"), t("nav.reference")),
      ),
      this.#live,
      this.#languageButton(),
      this.#theme,
      h(
        "button",
        {
          class: "ico only-wide",
          "aria-label": t("keys.title"),
          title: `${t("keys.title")} (?)`,
          onclick: showShortcuts,
        },
        icon("help"),
      ),
    ]);
  }

  /** @override */
  update() {
    const { gate, events } = this.app;
    const state = !gate.open ? "off" : events.live ? "on" : "wait";
    setAttribute(this.#live, "data-state", state);
    setText(this.#state, t(`live.${state}`));
    const now = theme();
    setAttribute(this.#theme, "aria-label", t("theme.switch", { theme: t(`theme.${now}`) }));
    setAttribute(this.#theme, "title", t("theme.switch", { theme: t(`theme.${now}`) }));
    setIcon(/** @type {Element} */ (this.#theme.firstElementChild), THEME_ICON[now]);
  }

  #brand() {
    const attributes = {
      class: "brand",
      href: "/",
      "aria-label": t("nav.home"),
      onclick: this.#home,
    };
    return h("a", attributes, logo(), h("span", {}, "Abzug"));
  }

  #languageButton() {
    const other = language.code === "en" ? "de" : "en";
    return h(
      "button",
      {
        class: "ico",
        lang: other,
        "aria-label": LANGUAGES[other],
        title: LANGUAGES[other],
        onclick: () => language.set(other),
      },
      h("span", { class: "language", "aria-hidden": true }, other),
    );
  }

  /** @param {Event} event */
  #home = (event) => {
    event.preventDefault();
    void leaveBatch(this.app);
  };
}

/**
 * Goes to the content without touching the URL's hash, which names the batch.
 *
 * @param {Event} event
 */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
