/** Light, dark, or as the system has it. early.js applies it before the first paint. */

import { forget, recall, remember } from "./storage.js";

/** @typedef {"system" | "light" | "dark"} Theme */

/** @type {Record<Theme, Theme>} */
const NEXT = { system: "light", light: "dark", dark: "system" };

/** @returns {Theme} */
export function theme() {
  const kept = recall("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** @returns {Theme} the one that is now in force */
export function nextTheme() {
  const next = NEXT[theme()];
  if (next === "system") {
    forget("theme");
    delete document.documentElement.dataset["theme"];
  } else {
    remember("theme", next);
    document.documentElement.dataset["theme"] = next;
  }
  return next;
}
