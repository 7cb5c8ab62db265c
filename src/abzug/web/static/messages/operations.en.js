/** English words for fields and options that the server's schema names in code. */

export const operations = {
  "out.name": "Name",
  "out.format": "Format",
  "out.quality": "Quality",
  "out.max_side": "Longest side, px",
  "out.metadata": "Metadata kept",
  "out.icc": "Color space",
  "none.max_side": "full size",
  "none.aspect": "as shot",
  "option.jpeg": "JPEG",
  "option.webp": "WebP",
  "option.png": "PNG",
  "option.avif": "AVIF",
  "option.tiff": "TIFF",
  "option.srgb": "sRGB",
  "option.p3": "Display P3",
  "option.keep": "Keep as it is",
  "option.strip": "Nothing",
  "option.copyright": "Copyright and credit only",
  "option.no-location": "All except location",
};
