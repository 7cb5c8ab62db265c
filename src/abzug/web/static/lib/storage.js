/** localStorage that may be forbidden or full: then the page works, and forgets. */

const PREFIX = "abzug.";

/**
 * @param {string} key
 * @returns {string | null}
 */
export function recall(key) {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null; // cookies and storage are blocked for this site
  }
}

/**
 * @param {string} key
 * @param {string} value
 * @returns {boolean} whether it was kept
 */
export function remember(key, value) {
  try {
    localStorage.setItem(PREFIX + key, value);
    return true;
  } catch {
    return false; // blocked, or the quota of about 5 MB is used up
  }
}

/** @param {string} key */
export function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    return; // nothing can have been kept
  }
}

/**
 * The keys that begin with `start`, without the site's prefix.
 *
 * @param {string} start
 * @returns {string[]}
 */
export function keys(start) {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX + start))
      .map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/**
 * @param {string} key
 * @returns {any} what JSON the key holds, or null
 */
export function recallJson(key) {
  try {
    return JSON.parse(recall(key) ?? "null");
  } catch {
    return null; // written by another version, or by hand
  }
}
