// Small help on every page: the address of a heading to copy, a button that prints a sheet.

const words = document.body.dataset;

const button = (label, className) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = label;
  return made;
};

if (words.copy && navigator.clipboard) {
  const status = document.createElement("p");
  status.className = "quiet";
  status.setAttribute("role", "status");
  document.body.append(status);
  for (const heading of document.querySelectorAll(".text :is(h2, h3)[id]")) {
    const copy = button("#", "copy-link");
    copy.setAttribute("aria-label", `${words.copy}: ${heading.textContent}`);
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(`${location.origin}${location.pathname}#${heading.id}`);
      status.textContent = words.copied;
    });
    heading.append(copy);
  }
}

if (words.print && document.body.classList.contains("sheet")) {
  const tools = document.createElement("p");
  tools.className = "tools";
  const print = button(words.print, "print");
  print.addEventListener("click", () => globalThis.print());
  tools.append(print);
  document.querySelector(".page-head")?.append(tools);
}
