/**
 * What a file is, as far as its name and first bytes tell. The server decides; this only spares
 * people the upload of what it is sure to refuse.
 */

// biome-ignore-all lint/suspicious/noControlCharactersInRegex: they are bytes of files

/** @import {Key} from "../lib/i18n.js" */
/** @import {InputFormat} from "../server/types.js" */

/** What is not a photo by its name: extension → the catalog's word for it.
 * @type {[Key, string][]} */
const OTHERS = [
  ["kind.pdf", "pdf"],
  ["kind.video", "mp4 mov m4v avi mkv mts m2ts webm 3gp wmv"],
  ["kind.audio", "mp3 wav m4a flac ogg aac"],
  ["kind.archive", "zip rar 7z tar gz tgz dmg iso"],
  ["kind.text", "txt md csv json xml html htm log xmp aae thm"],
  ["kind.document", "doc docx xls xlsx ppt pptx odt pages numbers key"],
  ["kind.project", "psd psb ai eps svg indd lrcat lrdata cos dop"],
];

/** @type {Map<string, Key>} */
const KIND_OF_EXTENSION = new Map(
  OTHERS.flatMap(([kind, names]) =>
    names.split(" ").map((name) => /** @type {[string, Key]} */ ([name, kind])),
  ),
);

/**
 * @param {File} file
 * @returns {boolean} whether it is a recipe of another program's, that the server reads
 */
export const isPreset = (file) => /\.(xmp|lrtemplate|cube)$/i.test(file.name);

/** Hidden files that systems put into every folder; nobody meant to drop them. */
const LITTER = /^(\..*|Thumbs\.db|desktop\.ini)$/i;

/** Of photos: the server says which there are. @type {RegExp[]} */
let photoSignatures = [];

/** @param {InputFormat[]} formats those that the server reads */
export function learnSignatures(formats) {
  photoSignatures = formats
    .filter(({ signature }) => signature)
    .map(({ signature }) => new RegExp(`^(?:${signature})`, "s"));
}

/** @type {[RegExp, Key][]} */
const OTHER_SIGNATURES = [
  [/^%PDF/, "kind.pdf"],
  [/^PK\x03\x04/, "kind.archive"],
  [/^.{4}ftyp/s, "kind.video"],
  [/^8BPS/, "kind.project"],
  [/^\s*<(\?xml|svg|!doctype|html)/i, "kind.text"],
];

/**
 * @param {string} filename
 * @returns {string} in lower case, without the dot
 */
export const extension = (filename) => /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? "";

/**
 * @param {File} file
 * @returns {boolean}
 */
export const isLitter = (file) => LITTER.test(file.name);

/**
 * Why the file cannot be a photo, by what is known without reading it.
 *
 * @param {File} file
 * @returns {Key | null}
 */
export function refusalByName(file) {
  if (file.size === 0) return "kind.empty";
  return KIND_OF_EXTENSION.get(extension(file.name)) ?? null;
}

/**
 * Why the file is not a photo, by its first bytes.
 *
 * @param {File} file
 * @returns {Promise<Key | null>}
 */
export async function refusalByContent(file) {
  const start = new Uint8Array(await file.slice(0, 64).arrayBuffer());
  const text = String.fromCharCode(...start); // one character a byte
  if (photoSignatures.some((signature) => signature.test(text))) return null;
  return OTHER_SIGNATURES.find(([signature]) => signature.test(text))?.[1] ?? "kind.unknown";
}

/**
 * @param {File} file
 * @returns {Promise<boolean>} false where it was changed, moved or deleted since it was chosen
 */
export const isReadable = (file) =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

const BROWSER_FORMATS = new Set("jpg jpeg jpe jfif png webp gif avif bmp".split(" "));

/**
 * @param {string} filename
 * @returns {boolean} whether every browser shows this format
 */
export const browserShows = (filename) => BROWSER_FORMATS.has(extension(filename));
