// A table of pages that can be sorted by a column and cut down to some of its rows.

for (const table of document.querySelectorAll(".list-table table")) {
  const words = table.closest(".list-table").dataset;
  const bodies = [...table.tBodies];
  const rows = bodies.flatMap((body) => [...body.rows]).filter((row) => !row.querySelector(".group"));
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const heads = [...table.tHead.rows[0].cells];

  const textOf = (row, column) => {
    const cell = row.cells[column].cloneNode(true);
    cell.querySelector(".cell-name")?.remove();
    return cell.textContent.trim();
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      for (const body of bodies) {
        const own = rows.filter((row) => row.parentElement === body);
        own.sort((a, b) => (down ? -1 : 1) * collator.compare(textOf(a, column), textOf(b, column)));
        body.append(...own);
      }
    });
  });

  const filter = document.createElement("fieldset");
  filter.className = "filter";
  const legend = document.createElement("legend");
  legend.textContent = words.only;
  filter.append(legend);
  const boxes = rows.map((row) => {
    const label = document.createElement("label");
    label.className = "choice";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.autocomplete = "off";
    label.append(box, textOf(row, 0));
    filter.append(label);
    return { box, row };
  });
  // With nothing ticked all rows are shown.
  filter.addEventListener("change", () => {
    const some = boxes.some(({ box }) => box.checked);
    for (const { box, row } of boxes) row.hidden = some && !box.checked;
  });
  table.closest(".table").before(filter);
}
