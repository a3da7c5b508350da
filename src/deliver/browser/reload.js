// Keeps an open page up to date while its site is being written. `guidewright serve` adds this to each
// page; nothing of it is ever published.
"use strict";
(() => {
  const HOME = "/__guidewright/";
  const page = location.pathname;
  let version = document.currentScript.dataset.version;
  let over = false;

  // What must outlive a reload of this tab: where the reader was, and by page what was announced and
  // what was hidden.
  const memory = { place: null, told: {}, hidden: {} };
  try {
    Object.assign(memory, JSON.parse(sessionStorage.getItem(HOME)));
  } catch {
    // A browser that keeps nothing only loses the place.
  }
  const keep = () => {
    try {
      sessionStorage.setItem(HOME, JSON.stringify(memory));
    } catch {
      // As above.
    }
  };

  // ---- The page itself: loaded again in the same place, or given another style.

  // An element as the way to it: the nearest id above it, then the number of each child.
  const wayTo = (element) => {
    const steps = [];
    while (element && element !== document.body && !element.id) {
      steps.unshift([...element.parentElement.children].indexOf(element));
      element = element.parentElement;
    }
    return element ? [element.id || "", ...steps] : null;
  };
  const at = ([id, ...steps]) =>
    steps.reduce((element, step) => element?.children[step], id ? document.getElementById(id) : document.body);

  const reload = () => {
    const active = document.activeElement;
    const focus = active && active !== document.body && active !== host ? wayTo(active) : null;
    const open = [...document.querySelectorAll("details")].map((details) => details.open);
    memory.place = { page, x: scrollX, y: scrollY, focus, open };
    keep();
    over = true;
    location.reload();
  };

  const restore = () => {
    const place = memory.place;
    memory.place = null;
    keep();
    if (place?.page !== page) return;
    const details = [...document.querySelectorAll("details")];
    if (place.open.length === details.length) details.forEach((one, i) => (one.open = place.open[i]));
    if (place.focus) at(place.focus)?.focus({ preventScroll: true });
    scrollTo({ left: place.x, top: place.y, behavior: "instant" });
  };

  // A style sheet goes once the next one is there, so that the page never stands bare. Before it is,
  // yet another may come: the last one wins, whichever is there first.
  const sheets = [...document.querySelectorAll('link[rel="stylesheet"]')].slice(0, 1);
  const restyle = ({ to, version: next }) => {
    const last = sheets.at(-1);
    if (!last) return reload();
    const link = last.cloneNode();
    link.href = to;
    link.onload = () => sheets.splice(0, sheets.indexOf(link)).forEach((old) => old.remove());
    link.onerror = reload;
    last.after(link);
    sheets.push(link);
    version = next;
  };

  // ---- The banner. It lives in a shadow tree, so that neither it nor the page can restyle the other,
  // and at the end of the page, where it moves nothing of what is being read.

  const element = (name, attributes = {}, ...content) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };
  // `words between these` are what an editor types.
  const worded = (text) => text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));

  const host = element("div", { lang: "en", dir: "ltr" });
  const banner = host.attachShadow({ mode: "open" });
  const status = element("p", { role: "status", class: "quiet" });
  const region = element("section", { "aria-labelledby": "title", hidden: "" });
  banner.append(element("link", { rel: "stylesheet", href: HOME + "banner.css" }), status, region);
  // What takes the focus must not come to stand behind the banner.
  new ResizeObserver(() => {
    const height = region.offsetHeight;
    document.documentElement.style.scrollPaddingBlockEnd = height ? `${height + 16}px` : "";
  }).observe(region);

  // Where the focus came from, to give it back.
  let before = null;
  region.addEventListener("focusin", (event) => {
    if (event.relatedTarget && !region.contains(event.relatedTarget)) before = event.relatedTarget;
  });
  const close = () => {
    const focused = banner.activeElement;
    region.hidden = true;
    if (focused) (before?.isConnected ? before : document.querySelector("main"))?.focus({ preventScroll: true });
  };
  const hide = () => {
    memory.hidden[page] = memory.told[page];
    keep();
    close();
  };
  region.addEventListener("keydown", (event) => event.key === "Escape" && hide());

  // Shows what has these marks: hidden while all of it was hidden before, announced if any of it is new.
  const show = (marks, isBad, title, ...parts) => {
    const isKnown = (list = []) => marks.every((mark) => list.includes(mark));
    const wasFocused = banner.activeElement;
    const button = element("button", { type: "button" }, "Hide");
    button.onclick = hide;
    region.className = isBad ? "error" : "";
    region.replaceChildren(element("header", {}, element("h2", { id: "title" }, title), button), ...parts);
    if (!isKnown(memory.told[page])) status.textContent = title;
    if (isKnown(memory.hidden[page])) {
      memory.hidden[page] = marks;
      close();
    } else {
      delete memory.hidden[page];
      region.hidden = false;
      if (wasFocused) button.focus();
    }
    memory.told[page] = marks;
    keep();
  };
  const clear = () => {
    if (memory.told[page]) status.textContent = "Mended: nothing is wrong with this page any more.";
    delete memory.told[page];
    delete memory.hidden[page];
    keep();
    close();
    region.replaceChildren();
  };

  const finding = ({ severity, message, file, line, editor, help }) => {
    const where = `${file}, line ${line}`;
    const words = message[0].toUpperCase() + message.slice(1);
    const item = element(
      "li",
      {},
      element("strong", {}, ...worded(severity === "error" ? words : `Warning: ${message}`)),
      " ",
      editor ? element("a", { href: editor }, where) : where,
    );
    if (help) item.append(element("p", {}, ...worded(help)));
    return item;
  };

  // Every build tells what it found; most tell the same again. A file that is just being written may be
  // found half there, so what is new is shown once it has lasted for a moment.
  let last = "";
  let soon = null;
  let missing = false;
  const findings = (data) => {
    if (missing) return;
    clearTimeout(soon);
    if (data !== last) soon = setTimeout(tell, last && JSON.parse(data).findings.length ? 300 : 0, data);
  };
  const tell = (data) => {
    last = data;
    const { findings: some, more, held, desk } = JSON.parse(data);
    if (!some.length) return clear();
    const count = some.length + more;
    const isBad = some.some(({ severity }) => severity === "error");
    const what = isBad ? "problem" : "warning";
    let title = count === 1 ? `1 ${what}` : `${count} ${what}s`;
    if (held) title += ". You see the page as it was before.";
    const marks = some.map(({ file, rule, message }) => `${file} ${rule} ${message}`);
    const rest = more ? `${more} more, and all of the site` : "All problems of the site";
    show(
      [...marks, ...(more ? [`${more} more`] : [])],
      isBad,
      title,
      element("ul", {}, ...some.map(finding)),
      element("p", {}, element("a", { href: desk }, rest)),
    );
  };

  const gone = (home) => {
    missing = true;
    clearTimeout(soon);
    soon = setTimeout(miss, 300, home);
  };
  const miss = (home) =>
    show(
      ["gone"],
      true,
      "This page is not part of the site any more",
      element("p", {}, "It was deleted, or it has another name now. You see it as it was."),
      element("p", {}, element("a", { href: home }, "To the first page")),
      element("p", {}, element("a", { href: HOME }, "All problems of the site")),
    );

  // ---- The stream of what happens to this page.

  let source = null;
  let wait = 500;
  const disconnect = () => {
    source?.close();
    source = null;
  };
  const connect = () => {
    if (source || over || document.hidden) return;
    const query = new URLSearchParams({ page: page + location.search, version });
    source = new EventSource(`${HOME}events?${query}`);
    const on = (name, act) => source.addEventListener(name, (event) => over || act(event.data));
    on("reload", reload);
    on("style", (data) => restyle(JSON.parse(data)));
    on("findings", findings);
    on("moved", (to) => {
      over = true;
      location.replace(to + location.hash);
    });
    on("gone", gone);
    // A browser would ask again by itself, but with the version that the page had at first, and not
    // at all after some errors.
    source.onopen = () => (wait = 500);
    source.onerror = () => {
      disconnect();
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, 5000);
    };
  };

  document.body.append(host);
  restore();
  connect();
  // A hidden tab holds no connection: a browser has six of them for a host.
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
})();
