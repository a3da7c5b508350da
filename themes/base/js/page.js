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
  // For those who see; the status is for those who hear.
  const copied = document.createElement("span");
  copied.className = "copied";
  copied.setAttribute("aria-hidden", "true");
  copied.textContent = words.copied;
  for (const heading of document.querySelectorAll(".text > :is(h2, h3)[id]")) {
    const copy = button("#", "copy-link");
    copy.setAttribute("aria-label", `${words.copy}: ${heading.textContent}`);
    copy.addEventListener("click", async () => {
      status.textContent = "";
      await navigator.clipboard.writeText(`${location.origin}${location.pathname}#${heading.id}`);
      status.textContent = words.copied;
      copy.after(copied);
    });
    // Beside the heading and not in it: what a heading is called is its own words.
    const line = document.createElement("div");
    line.className = "heading";
    heading.replaceWith(line);
    line.append(heading, copy);
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
