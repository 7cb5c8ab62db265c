/**
 * The way to the server. While it is away every call waits here, one probe asks for all of them,
 * and everything goes on by itself when it is back.
 */

import { ApiError } from "./api.js";

const LONGEST_PAUSE = 30;

export class Gate extends EventTarget {
  open = true;
  /** @type {ApiError | null} why it is closed */
  reason = null;
  /** When the next probe goes out, in milliseconds since 1970. */
  retryAt = 0;
  /** Failures since the last call that worked. A good probe does not reset them: a server may be
   *  alive and still unable to do the work, and must not be asked ever faster. */
  #failures = 0;
  #timer = 0;
  #probe;

  /** @param {() => Promise<boolean>} probe whether the server is there */
  constructor(probe) {
    super();
    this.#probe = probe;
    addEventListener("online", () => this.tryNow());
  }

  passed() {
    this.#failures = 0;
  }

  /** @param {ApiError} error */
  failed(error) {
    this.#failures += 1;
    this.reason = error;
    this.#close(error.retryAfter);
  }

  /** Asks whether the server is there, for those who only suspect that it is not. */
  async check() {
    if (this.open && !(await this.#probe())) this.failed(ApiError.network());
  }

  tryNow() {
    if (this.open) return;
    clearTimeout(this.#timer);
    this.#knock();
  }

  /** @returns {Promise<void>} */
  opened() {
    if (this.open) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => {
        if (!this.open) return;
        this.removeEventListener("change", look);
        resolve();
      };
      this.addEventListener("change", look);
    });
  }

  /**
   * Calls until it gets an answer. Only a refusal, which asking again cannot change, is thrown.
   *
   * @template T
   * @param {() => Promise<T>} call safe to repeat
   * @returns {Promise<T>}
   */
  async through(call) {
    for (;;) {
      await this.opened();
      try {
        const answer = await call();
        this.passed();
        return answer;
      } catch (error) {
        if (!(error instanceof ApiError && error.transient)) throw error;
        this.failed(error);
      }
    }
  }

  /** @param {number} least seconds that the server asked for */
  #close(least) {
    const pause = Math.max(least, Math.min(LONGEST_PAUSE, 2 ** (this.#failures - 1)));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#knock(), pause * 1000);
    this.retryAt = Date.now() + pause * 1000;
    this.open = false;
    this.dispatchEvent(new Event("change"));
  }

  async #knock() {
    if (await this.#probe()) {
      this.open = true;
      this.reason = null;
      this.dispatchEvent(new Event("change"));
    } else {
      this.#failures += 1;
      this.#close(0);
    }
  }
}
