// A list of statements as boxes to tick: the pages that make most of the ticked ones come first, each with
// what was ticked. Nothing is kept, sent or put into the address, and it is gone when the page is left.

const lists = document.querySelectorAll(".list-statements");

for (const list of lists) {
  const words = list.dataset;
  const choices = [];

  for (const item of list.querySelectorAll(".statements > li")) {
    const link = item.querySelector("a");
    const label = document.createElement("label");
    label.className = "choice";
    const box = document.createElement("input");
    box.type = "checkbox";
    // A browser that fills in what was there before would keep what must not be kept.
    box.autocomplete = "off";
    const text = document.createElement("span");
    text.textContent = link.textContent;
    text.lang = link.lang;
    label.append(box, text);
    link.replaceWith(label);
    choices.push({ box, text: text.textContent, href: link.href, title: item.dataset.title, urgent: item.dataset.urgent });
    box.addEventListener("change", () => show());
  }

  // The status is never hidden: a screen reader speaks of a change only in what was there before.
  const found = document.createElement("section");
  const head = document.createElement("h2");
  head.textContent = words.found;
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  const urgent = document.createElement("p");
  urgent.className = "urgent-first";
  const results = document.createElement("ol");
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "second";
  clear.textContent = words.clear;
  clear.addEventListener("click", () => {
    for (const { box } of choices) box.checked = false;
    show();
    choices[0]?.box.focus();
  });
  const print = document.createElement("button");
  print.type = "button";
  print.textContent = words.print;
  print.addEventListener("click", () => globalThis.print());
  const tools = document.createElement("p");
  tools.className = "tools";
  tools.append(print, clear);
  found.append(head, count, urgent, results, tools);
  list.append(found);

  const show = () => {
    const pages = new Map();
    const chosen = choices.filter(({ box }) => box.checked);
    for (const { href, title, text } of chosen) {
      const page = pages.get(href) ?? { href, title, because: [] };
      page.because.push(text);
      pages.set(href, page);
    }
    const sorted = [...pages.values()].sort((a, b) => b.because.length - a.because.length);
    results.replaceChildren(...sorted.map(({ href, title, because }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = href;
      link.textContent = title;
      const why = document.createElement("p");
      why.className = "why";
      why.textContent = `${words.because}: ${because.join(" · ")}`;
      item.append(link, why);
      return item;
    }));
    urgent.replaceChildren();
    if (chosen.some((choice) => choice.urgent) && words.urgentUrl) {
      const help = document.createElement("a");
      help.href = words.urgentUrl;
      help.textContent = words.urgent;
      urgent.append(help);
    }
    const some = chosen.length > 0;
    found.classList.toggle("found", some);
    for (const part of [head, urgent, results, tools]) part.hidden = !some;
    count.textContent = some ? words.count.replace("%n", sorted.length) : "";
  };

  // Who comes back finds nothing ticked.
  addEventListener("pageshow", () => {
    for (const { box } of choices) box.checked = false;
    show();
  });
}
