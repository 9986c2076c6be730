// Makes the table sortable and filterable, with the rows of the heat map; without this the table is complete, too.
const all = (s, e = document) => [...e.querySelectorAll(s)];
const table = document.querySelector(".list");
const form = document.querySelector(".filters");
if (table && form) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heat = document.querySelector(".heat tbody");
  const heatRows = new Map(rows.map((r, i) => [r, heat?.rows[i]]));
  const heads = all("thead th", table);
  const shown = form.querySelector("output");
  const value = (row, i) => row.cells[i].dataset.v ?? (row.cells[i].querySelector("a") ?? row.cells[i]).textContent.trim();
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const numbers = rows.every((r) => r.cells[i].dataset.v);
      const first = numbers && i > 1 ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      heads.forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const lang = document.documentElement.lang;
      rows.sort((a, b) => sign * (numbers ? value(a, i) - value(b, i) : value(a, i).localeCompare(value(b, i), lang)));
      body.append(...rows);
      heat?.append(...rows.map((r) => heatRows.get(r)));
    });
  });
  const filter = () => {
    const words = form.querySelector("[type=search]").value.toLowerCase().split(/\s+/);
    const wanted = all("[type=checkbox]", form).filter((c) => c.checked).map((c) => c.value);
    rows.forEach((row) => {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.includes(row.dataset.word) || !words.every((w) => text.includes(w));
      if (heat) heatRows.get(row).hidden = row.hidden;
    });
    shown.textContent = shown.dataset.shown.replace("{n}", rows.filter((r) => !r.hidden).length);
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (e) => e.preventDefault());
  filter();
}
