// Opens the flag that a link leads to, and all flags for print; without this readers open them by hand.
const open = () => document.getElementById(location.hash.slice(1))?.setAttribute("open", "");
addEventListener("hashchange", open);
addEventListener("click", (e) => e.target.closest('a[href^="#"]') && setTimeout(open));
open();
let closed = [];
addEventListener("beforeprint", () => {
  closed = document.querySelectorAll("details:not([open])");
  closed.forEach((d) => (d.open = true));
});
addEventListener("afterprint", () => closed.forEach((d) => (d.open = false)));
