/** Files out of a drop: folders are walked, nothing is read. */

/**
 * @typedef {{files: File[], folder: string}} Dropped  folder: its name, where one folder was dropped
 */

/**
 * Must be called while the event is handled: afterwards the browser empties the transfer.
 *
 * @param {DataTransfer} transfer
 * @returns {Promise<Dropped>}
 */
export async function filesOfDrop(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  /** @type {FileSystemEntry[]} */
  const entries = [];
  /** @type {File[]} */
  const files = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry();
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    if (file) files.push(file);
  }
  for (const entry of entries) await walk(entry, files);
  const first = entries[0];
  return { files, folder: entries.length === 1 && first?.isDirectory ? first.name : "" };
}

/**
 * Files of an `<input type=file>`, which may choose a folder.
 *
 * @param {HTMLInputElement} input
 * @returns {Dropped}
 */
export function filesOfInput(input) {
  const files = [...(input.files ?? [])];
  const folder = files[0]?.webkitRelativePath.split("/")[0] ?? "";
  return { files, folder };
}

/**
 * @param {FileSystemEntry} entry
 * @param {File[]} found
 */
async function walk(entry, found) {
  if (entry.isFile) {
    found.push(await fileOf(/** @type {FileSystemFileEntry} */ (entry)));
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    // a reader gives about a hundred entries a time, and an empty list at the end
    const batch = await new Promise(
      /** @param {(entries: FileSystemEntry[]) => void} resolve */
      (resolve, reject) => reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, found);
  }
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
