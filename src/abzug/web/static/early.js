// A classic script in <head>: it runs before the first paint, or the page would flash in the
// other theme.
try {
  const theme = localStorage.getItem("abzug.theme");
  if (theme) document.documentElement.setAttribute("data-theme", theme);
} catch {
  // storage is blocked: the system's theme it is
}
