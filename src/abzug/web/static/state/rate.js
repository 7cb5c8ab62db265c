/** A moving rate, and the time left by it. */

const WINDOW = 20; // seconds: long enough to be calm, short enough to follow a change
const LEAST = 2; // seconds of samples before anything is said

export class Rate {
  /** @type {{at: number, done: number}[]} */
  #samples = [];

  /**
   * @param {number} done so far, in any unit; falling starts anew
   * @param {number} [at] seconds
   */
  add(done, at = performance.now() / 1000) {
    const last = this.#samples.at(-1);
    if (last && done < last.done) this.#samples = [];
    this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) > WINDOW) {
      this.#samples.shift();
    }
  }

  /** Forgets all: after a pause the old samples would make the rate too small. */
  reset() {
    this.#samples = [];
  }

  /** @returns {number} units a second; 0 while it is not known */
  get perSecond() {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < LEAST) return 0;
    return (last.done - first.done) / (last.at - first.at);
  }

  /**
   * @param {number} remaining
   * @returns {number | null} seconds; null while it is not known
   */
  left(remaining) {
    const rate = this.perSecond;
    return rate > 0 ? remaining / rate : null;
  }
}
