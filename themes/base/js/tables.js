// A table of pages that can be sorted by a column and cut down to some of its rows.

const make = (name, own = {}, ...parts) => {
  const made = Object.assign(document.createElement(name), own);
  made.append(...parts);
  return made;
};

// Tables of the same pages are cut down by the same boxes.
const filters = new Map();

for (const table of document.querySelectorAll(".list-table table")) {
  const list = table.closest(".list-table");
  const words = list.dataset;
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
  // Of two such choices on a page, each says for which table it is.
  if (table.caption?.id) choice.setAttribute("aria-describedby", table.caption.id);
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

  const tools = make("div", { className: "tools sort" }, make("label", {}, `${words.sort} `, choice), turn);
  table.closest(".table").before(tools);

  // A page may stand in several groups, and has one box all the same.
  const names = [...new Set(rows.map((row) => textOf(row, 0)))];
  const show = (ticked) => {
    for (const row of rows) row.hidden = ticked.length > 0 && !ticked.includes(textOf(row, 0));
    // A group of which nothing is shown has no heading either.
    for (const body of bodies) body.hidden = rows.every((row) => row.parentElement !== body || row.hidden);
  };
  const first = filters.get(names.join("\n"));
  if (first) {
    first.shows.push(show);
    // They belong to all these tables now, and stand under the heading of none.
    first.list.before(first.filter);
    continue;
  }

  const shows = [show];
  const boxes = names.map((value) => make("input", { type: "checkbox", autocomplete: "off", value }));
  const status = make("p");
  status.setAttribute("role", "status");
  const labels = boxes.map((box) => make("label", { className: "choice" }, box, box.value));
  const filter = make("fieldset", { className: "filter" }, make("legend", { textContent: words.only }), ...labels, status);
  // On a page that is not translated these words are in another language than the text.
  if (list.lang) Object.assign(filter, { lang: list.lang, dir: list.dir });
  // With nothing ticked all rows are shown, and nothing has to be said.
  filter.addEventListener("change", () => {
    const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
    for (const one of shows) one(ticked);
    status.textContent = words.count.replace("%n", ticked.length || boxes.length).replace("%m", boxes.length);
  });
  tools.before(filter);
  filters.set(names.join("\n"), { list, filter, shows });
}
