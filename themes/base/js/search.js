// The page of the search. What is typed stays in this page: it is not sent or kept, and stands in the address only
// where the site has asked for that (data-address).

const form = document.querySelector("form.search");
const field = form.querySelector("input");
const status = document.querySelector(".search-status");
const none = document.querySelector(".search-none");
const found = document.querySelector(".search-found");
const said = form.dataset;
const make = (name, text = "", className) => Object.assign(document.createElement(name), { textContent: text }, className && { className });

let engine;
let tries = 0;
/** The module; a browser never asks twice for an address from which nothing came, so another try has another. */
const load = () =>
  (engine ??= import(said.module + (tries++ ? `?${tries}` : "")).catch((error) => {
    engine = undefined;
    throw error;
  }));

const list = make("ol", "", "results");
const more = make("button", said.more, "second");
more.type = "button";
found.append(list, more);
list.hidden = more.hidden = true;

let limit = 10;
let asked = 0;
const chosen = {};

/** Shows what is found; a later question makes an earlier answer nothing. */
async function ask() {
  const mine = ++asked;
  const query = field.value;
  if (said.address) {
    const address = new URL(location.href);
    query.trim() ? address.searchParams.set(said.address, query) : address.searchParams.delete(said.address);
    history.replaceState(history.state, "", address);
  }
  try {
    const { search, words, isForm } = await load();
    narrow();
    const results = query.trim() ? await search(query, { limit, facets: chosen }) : Object.assign([], { total: 0 });
    if (mine !== asked) return;
    const typed = words(query);
    const fits = (word) => typed.some((own, i) => own === word || (Math.min(own.length, word.length) > 4 && isForm([...own], [...word])) || (i === typed.length - 1 && own.length > 2 && word.startsWith(own)));
    list.replaceChildren(...results.map((result) => item(result, (text) => marked(text, words, fits))));
    list.hidden = !results.length;
    more.hidden = results.total <= results.length;
    const empty = !results.length && query.trim();
    none.hidden = !empty;
    say(!query.trim() ? "" : empty ? said.none : said.count.replace("%n", results.total));
  } catch {
    if (mine !== asked) return;
    list.replaceChildren();
    list.hidden = more.hidden = true;
    none.hidden = false;
    say(said.broken);
  }
}

/** Says it at once to those who see, and to a screen reader once it is what was said before no longer. */
function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

function item({ url, title, kind, heading, excerpt }, mark) {
  const own = make("li");
  const head = make("h2");
  const link = make("a");
  link.href = url;
  link.append(...mark(title));
  head.append(link);
  if (kind) own.append(make("p", kind, "kind"));
  own.append(head);
  if (heading) {
    const where = make("p", "", "where");
    where.append(...mark(heading));
    own.append(where);
  }
  if (excerpt) {
    const text = make("p");
    text.append(...mark(excerpt));
    own.append(text);
  }
  return own;
}

/** A text with the words of the query marked. */
function marked(text, words, fits) {
  return text.split(/([\p{Alphabetic}\p{N}\p{M}'’]+)/u).map((part, i) => {
    const hit = i % 2 && words(part).some(fits);
    return hit ? make("mark", part) : document.createTextNode(part);
  });
}

let narrowing;
/** Boxes to narrow the search by: once, but again where the index could not be read. */
const narrow = () => (narrowing ??= boxes().catch(() => (narrowing = undefined)));

/** Makes them, for each way that has more than one value. */
async function boxes() {
  const { facets } = await load();
  const details = make("details", "", "narrow");
  details.append(make("summary", said.narrow));
  for (const { name, title, values } of await facets()) {
    if (values.length < 2) continue;
    const group = make("fieldset");
    group.append(make("legend", title || said.kind));
    for (const [value] of values) {
      const label = make("label", "", "choice");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", autocomplete: "off" });
      box.addEventListener("change", () => {
        const own = new Set(chosen[name]);
        box.checked ? own.add(value) : own.delete(value);
        chosen[name] = [...own];
        limit = 10;
        ask();
      });
      label.append(box, make("span", value));
      group.append(label);
    }
    details.append(group);
  }
  if (details.querySelector("fieldset")) form.append(details);
}

let wait;
// What is needed first is read as soon as somebody comes to the field.
field.addEventListener("focus", narrow, { once: true });
field.addEventListener("input", () => {
  clearTimeout(wait);
  limit = 10;
  wait = setTimeout(ask, 300);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(wait);
  ask();
});
more.addEventListener("click", async () => {
  const next = list.children.length;
  limit += 10;
  await ask();
  // Who comes with the keyboard goes on with what is new.
  list.children[next]?.querySelector("a").focus();
});
if (said.address) field.value = new URL(location.href).searchParams.get(said.address) ?? "";
if (field.value) ask();
