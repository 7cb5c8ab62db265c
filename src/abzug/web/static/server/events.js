/**
 * The server's events. Browsers open six connections to a server, and an EventSource keeps one:
 * of all tabs only the one that holds a lock listens, and tells the others.
 */

/** @import {Job, Task} from "./types.js" */

/** @typedef {{type: "job", job: Job} | {type: "task", task: Task} |
 *   {type: "open"} | {type: "lost"}} News */

const LOCK = "abzug.events";
const TRY_AGAIN = 2000; // ms

export class Events extends EventTarget {
  live = false;
  #onNews;
  #channel = new BroadcastChannel(LOCK);
  #lastId = "";
  /** @type {EventSource | null} */
  #source = null;
  #leads = false;

  /** @param {(news: News) => void} onNews */
  constructor(onNews) {
    super();
    this.#onNews = onNews;
    this.#channel.onmessage = ({ data }) => this.#hear(data);
  }

  start() {
    if (!navigator.locks) this.#lead();
    else {
      // held until the page goes; then the next tab in the queue leads
      navigator.locks.request(LOCK, () => new Promise(() => this.#lead()));
      this.#channel.postMessage({ ask: true });
    }
  }

  /** Connects anew where the browser gave up. */
  revive() {
    if (this.#leads && this.#source?.readyState !== EventSource.OPEN) this.#connect();
  }

  #lead() {
    this.#leads = true;
    this.#connect();
  }

  #connect() {
    this.#source?.close();
    const after = this.#lastId ? `?after=${this.#lastId}` : "";
    const source = new EventSource(`/v1/events${after}`);
    source.onopen = () => this.#tell({ news: { type: "open" }, id: "" });
    source.onerror = () => this.#lost(source);
    for (const type of ["job", "task"]) {
      source.addEventListener(type, (event) => {
        const { data, lastEventId } = /** @type {MessageEvent<string>} */ (event);
        this.#tell({ news: { type, ...JSON.parse(data) }, id: lastEventId });
      });
    }
    // the server stops: let go of the connection, or it could not
    source.addEventListener("bye", () => {
      source.close();
      this.#lost(source);
    });
    this.#source = source;
  }

  /** @param {EventSource} source */
  #lost(source) {
    this.#tell({ news: { type: "lost" }, id: "" });
    // a browser tries again after a broken connection, but not after an answer it did not expect
    if (source.readyState === EventSource.CLOSED) setTimeout(() => this.revive(), TRY_AGAIN);
  }

  /** @param {{news: News, id: string}} message */
  #tell(message) {
    this.#channel.postMessage(message);
    this.#hear(message);
  }

  /** @param {{news?: News, id?: string, ask?: boolean}} message from this tab or another */
  #hear({ news, id, ask }) {
    if (ask && this.#leads && this.live) this.#tell({ news: { type: "open" }, id: "" });
    if (id) this.#lastId = id;
    if (!news) return;
    if (news.type === "open" || news.type === "lost") {
      this.live = news.type === "open";
      this.dispatchEvent(new Event("change"));
    }
    this.#onNews(news);
  }
}
