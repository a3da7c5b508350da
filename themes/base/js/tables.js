// A table of pages that can be sorted by a column and cut down to some of its rows.

const make = (name, own = {}, ...parts) => {
  const made = Object.assign(document.createElement(name), own);
  made.append(...parts);
  return made;
};

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

  // Where there is room a button in the head of each column sorts; where rows are blocks and there are no
  // columns, a choice above them does. Both say the same.
  const choice = make("select", { autocomplete: "off" }, new Option(words.usual, -1));
  const turn = make("button", { type: "button", className: "second", textContent: words.turn, hidden: true });
  const sort = (column, down) => {
    heads.forEach((head, at) => (at === column ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
    choice.value = column;
    turn.hidden = column < 0;
    for (const body of bodies) {
      const own = rows.filter((row) => row.parentElement === body);
      if (column >= 0) own.sort((a, b) => (down ? -1 : 1) * collator.compare(textOf(a, column), textOf(b, column)));
      body.append(...own);
    }
  };
  const again = (column) => sort(column, heads[column].getAttribute("aria-sort") === "ascending");
  heads.forEach((head, column) => {
    const button = make("button", { type: "button", textContent: head.textContent });
    choice.add(new Option(head.textContent, column));
    head.replaceChildren(button);
    button.addEventListener("click", () => again(column));
  });
  choice.addEventListener("change", () => sort(Number(choice.value), false));
  turn.addEventListener("click", () => again(Number(choice.value)));

  const filter = make("fieldset", { className: "filter" }, make("legend", { textContent: words.only }));
  // A page may stand in several groups, and has one box all the same.
  const boxes = new Map();
  for (const row of rows) {
    const name = textOf(row, 0);
    if (!boxes.has(name)) {
      boxes.set(name, make("input", { type: "checkbox", autocomplete: "off" }));
      filter.append(make("label", { className: "choice" }, boxes.get(name), name));
    }
  }
  const status = make("p");
  status.setAttribute("role", "status");
  filter.append(status);
  // With nothing ticked all rows are shown, and nothing has to be said.
  filter.addEventListener("change", () => {
    const ticked = [...boxes.values()].filter((box) => box.checked).length;
    for (const row of rows) row.hidden = ticked > 0 && !boxes.get(textOf(row, 0)).checked;
    // A group of which nothing is shown has no heading either.
    for (const body of bodies) body.hidden = rows.every((row) => row.parentElement !== body || row.hidden);
    status.textContent = words.count.replace("%n", ticked || boxes.size).replace("%m", boxes.size);
  });
  table.closest(".table").before(filter, make("div", { className: "tools sort" }, make("label", {}, `${words.sort} `, choice), turn));
}
