// Keeps an open page up to date while its site is being written. `guidewright serve` adds this to each
// page; nothing of it is ever published.
"use strict";
(() => {
  const script = document.currentScript;
  const HOME = "/__guidewright/";
  let version = script.dataset.version;
  let source = null;
  let over = false;
  let missing = false;

  // What must outlive a reload of this tab: where the reader was, and what was announced already.
  const memory = (() => {
    try {
      return JSON.parse(sessionStorage.getItem(HOME)) || {};
    } catch {
      return {};
    }
  })();
  const remember = (more) => {
    Object.assign(memory, more);
    try {
      sessionStorage.setItem(HOME, JSON.stringify(memory));
    } catch {
      // A browser that keeps nothing only loses the place.
    }
  };

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
    remember({ place: { path: location.pathname, x: scrollX, y: scrollY, focus, open } });
    over = true;
    location.reload();
  };

  const restore = () => {
    const place = memory.place;
    remember({ place: null });
    if (place?.path !== location.pathname) return;
    const details = [...document.querySelectorAll("details")];
    if (place.open.length === details.length) details.forEach((one, i) => (one.open = place.open[i]));
    if (place.focus) at(place.focus)?.focus({ preventScroll: true });
    scrollTo({ left: place.x, top: place.y, behavior: "instant" });
  };

  // The banner lives in a shadow tree, so that neither it nor the page can restyle the other.
  const host = document.createElement("div");
  const banner = host.attachShadow({ mode: "open" });
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = HOME + "banner.css";
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "quiet";
  const region = document.createElement("section");
  region.setAttribute("aria-labelledby", "title");
  region.hidden = true;
  banner.append(sheet, status, region);

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // `key` tells what is shown from what was hidden or announced before.
  const show = (key, title, ...parts) => {
    const hide = element("button", "Hide", { type: "button" });
    hide.onclick = () => {
      remember({ hidden: key });
      region.hidden = true;
    };
    region.replaceChildren(element("h2", title, { id: "title" }), ...parts, hide);
    region.hidden = memory.hidden === key;
    if (memory.announced !== key) {
      remember({ announced: key });
      status.textContent = title;
    }
  };
  const clear = () => {
    region.hidden = true;
    region.replaceChildren();
    if (memory.announced) status.textContent = "Mended: nothing is wrong with this page any more.";
    remember({ announced: null, hidden: null });
  };

  const finding = (one) => {
    const item = element("li");
    const where = `${one.file}, line ${one.line}`;
    const place = one.editor ? element("a", where, { href: one.editor }) : element("span", where);
    item.append(element("strong", `${one.severity}: ${one.message}`), element("br"), place);
    if (one.help) item.append(element("p", one.help));
    return item;
  };

  const findings = (news) => {
    if (missing) return;
    if (!news.findings.length) return clear();
    const count = news.findings.length + news.more;
    const errors = news.findings.some((one) => one.severity === "error");
    let title = count === 1 ? "1 problem on this page" : `${count} problems on this page`;
    if (news.held) title += ". You see it as it was before";
    const list = element("ul");
    list.append(...news.findings.map(finding));
    const all = element("p");
    all.append(element("a", "All problems of the site", { href: news.desk }));
    region.className = errors ? "error" : "";
    show(JSON.stringify([location.pathname, news]), title, list, all);
  };

  const gone = (home) => {
    missing = true;
    const ways = element("p");
    ways.append(
      element("a", "To the first page", { href: home }),
      " ",
      element("a", "All problems of the site", { href: HOME }),
    );
    region.className = "error";
    show("gone " + location.pathname, "This page is not part of the site any more", ways);
  };

  // A style sheet is swapped once the new one is there, so that the page never stands bare.
  const restyle = ({ to, version: next }) => {
    const old = document.querySelector('link[rel="stylesheet"]');
    if (!old) return reload();
    const link = old.cloneNode();
    link.href = to;
    link.onload = () => old.remove();
    link.onerror = reload;
    old.after(link);
    version = next;
  };

  const connect = () => {
    if (source || over || document.hidden) return;
    const query = new URLSearchParams({ page: location.pathname + location.search, version });
    source = new EventSource(`${HOME}events?${query}`);
    const on = (name, act) => source.addEventListener(name, (event) => over || act(event.data));
    on("reload", reload);
    on("style", (data) => restyle(JSON.parse(data)));
    on("findings", (data) => findings(JSON.parse(data)));
    on("moved", (to) => {
      over = true;
      location.replace(to);
    });
    on("gone", gone);
  };
  const close = () => {
    source?.close();
    source = null;
  };

  document.body.prepend(host);
  restore();
  connect();
  // A hidden tab holds no connection: a browser has six of them for a host.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : connect()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", connect);
})();
