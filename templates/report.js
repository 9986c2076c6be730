"use strict";
// The page works without this: it opens the flag that a link leads to, and all of them for print.
const all = (s, e = document) => [...e.querySelectorAll(s)];
const open = () => {
  const flag = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (flag && flag.tagName === "DETAILS") flag.open = true;
};
addEventListener("hashchange", open);
all('a[href^="#"]').forEach((a) => a.addEventListener("click", () => setTimeout(open)));
open();
let closed = [];
addEventListener("beforeprint", () => {
  closed = all("details:not([open])");
  closed.forEach((d) => (d.open = true));
});
addEventListener("afterprint", () => closed.forEach((d) => (d.open = false)));
