// The search: the page on which readers type, and the module that finds. What somebody types here may say more of
// them than anything else they do, so it is looked at what stays behind and what is sent: nothing. And whoever
// finds nothing, or whose line fails, is shown another way.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { brotliCompressSync, gunzipSync } from "node:zlib";
import { Built, clinic, guide, look } from "./built.js";
import { clipped, isWide, violations } from "./checks.js";
import { guidewright, until } from "./helper.js";

const here = import.meta.dirname;
const repository = path.join(here, "../..");
const LAY = "my therapist doesnt get me";
const NONSENSE = "zzqqxxvv";
const FOUND_NONE = "Nothing was found. No page says that.";
const BROKEN = "The search does not work just now.";

// Sites that are made for these tests.

const folders = [];
const sites = [];
after(() => {
  for (const site of sites) site.stop();
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

/** A site of these files, with those of another folder under them. */
function made(files, from) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "guidewright-search-"));
  folders.push(folder);
  if (from) fs.cpSync(from, folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
  sites.push(new Built(folder));
  return sites.at(-1);
}
const walkers = (settings, files = {}) =>
  made({ "guide.yaml": fs.readFileSync(path.join(here, "site/guide.yaml"), "utf8") + settings, ...files }, path.join(here, "site"));

const addressed = walkers("search_address: yes\n");
const unsearched = walkers("search: no\n");
const TAG = "<img src=x onerror=window.hurt=1>";
const menued = walkers("", {
  "guide.yaml": fs.readFileSync(path.join(here, "site/guide.yaml"), "utf8").replace("  main:", "  search: [shoes, people]\n  main:"),
  "content/tags.md": `---\ntitle: "Kites ${TAG}"\nsummary: "Of kites & <b>bold</b> ${TAG}"\n---\n## Kites & \\<b\\>strings\\</b\\>\n\nA kite needs a string and wind.\n`,
});

/** The same numbers each time. */
function dice(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (number) => Math.floor(next() * number);
  return { next, below, pick: (list) => list[below(list.length)] };
}

/** All Markdown of a site's folder, one text for each file of a language. */
function contents(folder, fits) {
  const files = fs.readdirSync(path.join(repository, folder), { recursive: true }).sort();
  return files.filter((file) => file.endsWith(".md") && fits(path.basename(file))).map((file) => fs.readFileSync(path.join(repository, folder, file), "utf8"));
}

// Some words of scripts and spellings that are easily taken for one another, or parted at another place.
const SCRIPTS = ["心理療法と薬", "カウンセリング", "相談所", "การบำบัด", "ความวิตกกังวล", "상담사에게", "Σίσυφος", "ΆΓΧΟΣ", "İstanbul", "ılık", "Straße", "Œuvre", "ﬁnding", "שָׁלוֹם", "चिंता", "سُكَّر", "Łódź", "đặt", "ångest", "þungt", "①②", "Ｆｕｌｌ", "𝒃𝒐𝒍𝒅", "𠮷野家", "❤️", "n’est-ce", "e\u0301preuve", "co\u00adworker"];

/** A guide of 400 pages, so large that its index is parted into many files. */
function large() {
  const { below, next, pick } = dice(400);
  const known = [...new Set(contents("content", () => true).join(" ").toLowerCase().match(/[a-z][a-z’]{2,}/g))].sort();
  for (let at = known.length - 1; at > 0; at--) {
    const other = below(at + 1);
    [known[at], known[other]] = [known[other], known[at]];
  }
  // A few words are common, most are rare, as in any text.
  const word = () => known[Math.floor(known.length * next() ** 3)];
  const words = (number) => Array.from({ length: number }, word).join(" ");
  const files = { "guide.yaml": "title: A large guide\nbase_url: https://large.example/\nlanguage: en\ntaxonomies:\n  topics: { title: Topics }\n", "content/index.md": "---\ntitle: Start\nsummary: All of it.\n---\nHere it begins.\n" };
  for (let page = 0; page < 400; page++) {
    const parts = Array.from({ length: 1 + below(4) }, () => `## ${words(1 + below(4))}\n\n${words(20 + below(60))} ${below(4) ? "" : pick(SCRIPTS)}.\n`);
    // Every page says "the" and "therapy", every third "sessions".
    files[`content/page-${page}.md`] = `---\ntitle: "${words(2 + below(3))} ${page}"\nsummary: "The ${words(8)}."\ntopics: [${pick(["Red", "Green", "Blue"])}]\nalso_known_as: ["${words(2)}", "${pick(SCRIPTS)}"]\n---\nThe therapy ${page % 3 ? "" : "sessions"} ${words(30)}.\n\n${parts.join("\n")}`;
  }
  files["content/japanese.md"] = "---\ntitle: 電話・相談\nsummary: Japanese.\n---\nリンク・ページ。薬・水。ราคา฿๕๐\n";
  return made(files);
}
const manyPages = large();

// The page.

const field = (tab) => tab.getByRole("searchbox", { name: "What are you looking for?" });
const button = (tab) => tab.locator("form.search").getByRole("button");
const status = (tab) => tab.locator("main").getByRole("status");
const items = (tab) => tab.locator(".search-found ol > li");
const titles = (tab) => items(tab).locator("h2").allTextContents();
const none = (tab) => tab.locator(".search-none");
const more = (tab) => tab.getByRole("button", { name: "Show more" });

/** Does something, and waits until the page has said what came of it. */
async function answered(tab, act, patience) {
  // What it says takes the place of this, even if it said the same before.
  await status(tab).evaluate((one) => (one.textContent = "not yet"));
  await act();
  await until("the search has answered", async () => (await status(tab).textContent()) !== "not yet", patience);
}
const ask = (tab, query) =>
  answered(tab, async () => {
    await field(tab).fill(query);
    await field(tab).press("Enter");
  });
/** Opens the page of the search of a site, and waits until it can be used. */
async function atSearch(visit, options, address = "search/") {
  const tab = await visit(address, options);
  // The boxes to narrow by come with the first visit to the field.
  await field(tab).focus();
  await tab.locator(".narrow summary").waitFor();
  return tab;
}

/** What a list of results says. */
const listed = (tab) =>
  items(tab).evaluateAll((all) =>
    all.map((item) => ({
      url: item.querySelector("h2 a").getAttribute("href"),
      title: item.querySelector("h2 a").textContent,
      kind: item.querySelector(".kind")?.textContent ?? "",
      heading: item.querySelector(".where")?.textContent ?? "",
      excerpt: item.querySelector("p:not(.kind, .where)")?.textContent ?? "",
    })),
  );

// The module, in Node.

const engines = new Map();
/** The module of a site, as anybody may use it who reads the files from elsewhere; and how it reads them. */
async function engine(site) {
  await site.start();
  if (!engines.has(site)) {
    const read = [];
    const load = async (name) => {
      read.push(name);
      return new Uint8Array(fs.readFileSync(path.join(site.folder, "search", name)));
    };
    const text = fs.readFileSync(path.join(site.folder, "search/search.js"), "utf8");
    const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    engines.set(site, { read, find: (query, options) => module.search(query, { limit: 10, load, ...options }) });
  }
  return engines.get(site);
}

// What a reader sees.

look("what is typed as one would say it finds pages, each with its title, kind, summary and section", guide, async ({ visit }) => {
  const tab = await atSearch(visit);
  await answered(tab, () => field(tab).pressSequentially(LAY));
  const seen = await listed(tab);
  assert.equal(seen.length, 10);
  // The page shows what the module finds, in its order, and all of it.
  const { find } = await engine(guide);
  const expected = await find(LAY, { lang: "en-GB" });
  assert.deepEqual(seen, [...expected].map(({ score, ...shown }) => shown));
  // Home is of no kind.
  assert.deepEqual(seen.filter(({ url, title, kind, excerpt }) => !(title && (kind || url === "/") && excerpt)), []);
  assert.equal(seen[0].title, "My therapist and I are not a good fit");
  assert.equal(await status(tab).textContent(), `Found: ${expected.total}`);
  assert.ok(expected.total > 10);
  for (const { url } of seen) assert.ok(guide.read(url.slice(1).split("#")[0]).length, url);

  // One that opens at a section, which its page has.
  await ask(tab, "when to stop");
  const inSection = (await listed(tab)).filter(({ heading }) => heading);
  assert.ok(inSection.length > 0, "some result names its section");
  for (const { url, heading } of inSection) {
    const [page, id] = url.slice(1).split("#");
    assert.match(guide.read(page).toString(), new RegExp(`<h[23][^>]* id="${id}"`), `${heading} of ${url}`);
  }
});

look("the words of the query are marked where they stand, and no others", guide, async ({ visit }) => {
  const tab = await atSearch(visit);
  await ask(tab, LAY);
  const shown = await items(tab).evaluateAll((all) => all.flatMap((item) => [...item.querySelectorAll("h2 a, .where, p:not(.kind)")]).map((one) => one.innerHTML));
  const marks = shown.flatMap((html) => [...html.matchAll(/<mark[^>]*>(.*?)<\/mark>/g)].map(([, word]) => word.toLowerCase()));
  assert.ok(marks.includes("therapist") && marks.includes("me"), marks.join(" "));
  assert.ok(marks.includes("doesn’t"), "an apostrophe that was left out makes no difference");
  // Also forms of them, as a word and its plural.
  assert.deepEqual(marks.filter((word) => !/^(my|therap\p{L}{0,5}|doesn’t|get|me)$/u.test(word)), []);
  const unmarked = shown.join(" ").replace(/<mark[^>]*>.*?<\/mark>/g, "").replace(/<[^>]*>/g, " ");
  assert.doesNotMatch(unmarked, /\b(my|therapist|doesn’t|get|me)\b/i);
  await ask(tab, "anxi");
  assert.ok((await tab.locator(".results mark").allTextContents()).some((word) => /^anxi/i.test(word)), "a word that was begun is marked");
});

look("the number of results is said politely, from a place that is there before", guide, async ({ site, visit }) => {
  assert.match(site.read("search/").toString(), /<p class="search-status" role="status"><\/p>/, "it comes with the page");
  const tab = await atSearch(visit);
  assert.equal(await status(tab).count(), 1);
  assert.equal(await status(tab).textContent(), "");
  assert.ok(await status(tab).evaluate((one) => one.checkVisibility({ visibilityProperty: true })));
  assert.ok(["polite", null].includes(await status(tab).getAttribute("aria-live")));
  const before = await status(tab).elementHandle();
  await field(tab).fill(LAY);
  await until("it is said", async () => /^Found: \d+$/.test(await status(tab).textContent()));
  assert.ok(await before.evaluate((one) => one.isConnected), "it is the same place");
  // Results are no part of what is read out.
  assert.equal(await status(tab).locator("*").count(), 0);
  assert.equal(await tab.locator(".search-found [role=status], [role=status] .search-found, .search-found[aria-live], .search-found [aria-live]").count(), 0);
  await ask(tab, "");
  assert.equal(await status(tab).textContent(), "");
  assert.equal(await items(tab).count(), 0);
  assert.ok(!(await none(tab).isVisible()), "nothing was asked, so nothing is missing");
});

look("results come while one types, and at once with Enter or the button", guide, async ({ site, visit }) => {
  const tab = await atSearch(visit);
  await field(tab).fill("anxiety");
  await items(tab).first().waitFor();
  const first = await titles(tab);
  // Nothing was sent off: it is still the same page.
  await tab.evaluate(() => (window.mark = true));
  await field(tab).fill("");
  await until("the list is empty", async () => (await items(tab).count()) === 0);

  // A clock that stands still: what waits until one has stopped typing never comes.
  await tab.clock.install();
  await tab.clock.pauseAt(Date.now() + 3_600_000);
  await field(tab).fill("anxiety");
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(await items(tab).count(), 0);
  await field(tab).press("Enter");
  await items(tab).first().waitFor();
  assert.deepEqual(await titles(tab), first);
  await field(tab).fill("grief");
  await button(tab).click();
  await until("there are others", async () => (await titles(tab))[0] !== first[0]);
  assert.ok(await tab.evaluate(() => window.mark), "the page was not left");
  assert.equal(tab.url(), `${site.url}search/`);
});

look("an answer that comes late does not take the place of a later one", manyPages, async ({ visit }) => {
  const tab = await visit("search/");
  const held = [];
  let isHeld = true;
  await tab.route("**/search/p*.bin", (route) => (isHeld ? held.push(route) : route.continue()));
  await field(tab).fill("japanese");
  await field(tab).press("Enter");
  await until("a file is held back", () => held.length > 0);
  isHeld = false;
  await answered(tab, async () => {
    await field(tab).fill(NONSENSE);
    await field(tab).press("Enter");
  });
  for (const route of held) await route.continue();
  await tab.waitForTimeout(300);
  assert.equal(await status(tab).textContent(), FOUND_NONE);
  assert.equal(await items(tab).count(), 0);
});

look("with the keyboard one comes from the field to the button, the narrowing and the results", guide, async ({ site, visit }) => {
  const tab = await atSearch(visit);
  await field(tab).focus();
  await answered(tab, () => tab.keyboard.type(LAY));
  const stops = [];
  const at = () => tab.evaluate(() => [document.activeElement.tagName, document.activeElement.textContent.trim()]);
  for (let press = 0; press < 4; press++) {
    await tab.keyboard.press("Tab");
    stops.push(await at());
  }
  const [first, second] = await titles(tab);
  assert.deepEqual(stops, [["BUTTON", "Search"], ["SUMMARY", "Show only some"], ["A", first], ["A", second]]);
  await tab.keyboard.press("Shift+Tab");
  assert.deepEqual(await at(), ["A", first]);

  // With the keyboard the narrowing opens, and its boxes are the next stops.
  await tab.keyboard.press("Shift+Tab");
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("Tab");
  assert.ok(await tab.evaluate(() => document.activeElement.matches(".narrow input[type=checkbox]")));
  await tab.keyboard.press("Shift+Tab");
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("Tab");
  assert.deepEqual(await at(), ["A", first]);
  const goal = await tab.evaluate(() => document.activeElement.href);
  await tab.keyboard.press("Enter");
  await tab.waitForURL(goal);
  await tab.getByRole("heading", { level: 1, name: first }).waitFor();
  assert.ok(goal.startsWith(site.url));
});

look("arrow keys do what they do in every field and on every page", guide, async ({ visit }) => {
  const tab = await atSearch(visit);
  await ask(tab, LAY);
  await field(tab).focus();
  const before = await tab.locator("main").innerHTML();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowLeft"]) await tab.keyboard.press(key);
  assert.ok(await field(tab).evaluate((one) => one === document.activeElement), "they do not leave the field");
  assert.equal(await field(tab).inputValue(), LAY);
  const link = items(tab).first().locator("a");
  await link.focus();
  for (const key of ["ArrowDown", "ArrowRight", "End"]) await tab.keyboard.press(key);
  assert.ok(await link.evaluate((one) => one === document.activeElement), "they do not go from link to link");
  assert.equal(await tab.locator("main").innerHTML(), before);
  assert.equal(await tab.locator("[role=listbox], [role=option], [role=combobox], [aria-activedescendant]").count(), 0);
});

look("what was typed is neither sent nor kept, and stands in no address", guide, async ({ site, visit }) => {
  const tab = await visit("about/");
  const asked = [];
  tab.on("request", (request) => asked.push(request));
  await tab.goto(`${site.url}search/`);
  // The boxes to narrow by come with the first visit to the field.
  await field(tab).focus();
  await tab.locator(".narrow summary").waitFor();
  const kept = () =>
    tab.evaluate(async () => ({
      address: location.href,
      length: history.length,
      state: history.state,
      title: document.title,
      local: localStorage.length,
      session: sessionStorage.length,
      cookies: document.cookie,
      databases: (await indexedDB.databases()).length,
      workers: (await navigator.serviceWorker?.getRegistrations())?.length ?? 0,
    }));
  const before = await kept();
  assert.deepEqual({ ...before, length: 0 }, { address: `${site.url}search/`, length: 0, state: null, title: before.title, local: 0, session: 0, cookies: "", databases: 0, workers: 0 });
  await answered(tab, () => field(tab).pressSequentially("kettlewhistle therapist"));
  await answered(tab, () => field(tab).press("Enter"));
  await answered(tab, () => button(tab).click());
  await tab.locator(".narrow summary").click();
  await answered(tab, () => tab.locator(".narrow input").first().check());
  assert.deepEqual(await kept(), before);
  assert.deepEqual(await tab.context().cookies(), []);
  assert.deepEqual((await tab.context().storageState()).origins, []);
  assert.equal(await field(tab).getAttribute("name"), null);
  assert.equal(await field(tab).getAttribute("autocomplete"), "off");

  // Then on to a result, which is not told how it was found.
  await answered(tab, () => tab.locator(".narrow input").first().uncheck());
  await items(tab).first().locator("a").click();
  await tab.waitForURL((url) => url.pathname !== "/search/");
  const said = [];
  for (const request of asked) said.push(request.method(), request.url(), request.postData() ?? "", JSON.stringify(await request.allHeaders()));
  assert.ok(asked.some((request) => request.url() === `${site.url}search/index.bin`), "the index was read");
  assert.ok(asked.every((request) => request.method() === "GET" && !request.url().includes("?")), said.join("\n"));
  assert.doesNotMatch(said.join("\n"), /kettle|whistle/);

  await tab.goBack();
  await tab.reload();
  // The boxes to narrow by come with the first visit to the field.
  await field(tab).focus();
  await tab.locator(".narrow summary").waitFor();
  assert.equal(await field(tab).inputValue(), "");
  assert.equal(await items(tab).count(), 0);
});

// Nothing is found.

look("who finds nothing is told so, and shown other ways", guide, async ({ site, visit }) => {
  const tab = await atSearch(visit);
  assert.ok(!(await none(tab).isVisible()));
  await ask(tab, NONSENSE);
  assert.equal(await status(tab).textContent(), FOUND_NONE);
  assert.equal(await items(tab).count(), 0);
  assert.ok(!(await more(tab).isVisible()));
  assert.ok(await none(tab).isVisible());
  const links = await none(tab).locator("a").evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute("href")]));
  const menu = /^ {2}search: \[(.*)\]/m.exec(fs.readFileSync(path.join(repository, "guide.yaml"), "utf8"))?.[1] ?? "";
  assert.deepEqual(links.filter(([, address]) => address !== "/finder/" || !menu.includes("finder")), [["Get urgent help now", "/urgent-help/"], ["A to Z", "/a-z/"]]);
  assert.equal(links.some(([, address]) => address === "/finder/"), menu.includes("finder"));
  await ask(tab, LAY);
  assert.ok(!(await none(tab).isVisible()), "who finds something is not");
  await ask(tab, NONSENSE);
  await none(tab).getByRole("link", { name: "A to Z" }).click();
  await tab.waitForURL(`${site.url}a-z/`);
});

look("the menu of the search says which other ways there are", menued, async ({ visit }) => {
  const tab = await atSearch(visit);
  await ask(tab, NONSENSE);
  assert.deepEqual(await none(tab).locator("a").evaluateAll((all) => all.map((link) => link.getAttribute("href"))), ["/shoes/", "/people/", "/a-z/"]);
});

// Narrowing.

look("a box that is ticked leaves only results of its kind, one of another group narrows them further", guide, async ({ site, visit }) => {
  const tab = await atSearch(visit);
  await ask(tab, "therapy");
  const total = async () => Number(/\d+/.exec(await status(tab).textContent())[0]);
  const all = await total();
  const before = await titles(tab);
  await tab.locator(".narrow summary").click();
  const kinds = tab.getByRole("group", { name: "Kind of page" });
  const topics = tab.getByRole("group", { name: "Topics" });
  const seen = async () => [...new Set((await listed(tab)).map(({ kind }) => kind))].sort();
  const everything = async () => {
    while (await more(tab).isVisible()) await answered(tab, () => more(tab).click());
  };

  await answered(tab, () => kinds.getByLabel("What may be in the way").check());
  await everything();
  assert.deepEqual(await seen(), ["What may be in the way"]);
  assert.equal(await items(tab).count(), await total());
  const barriers = await total();
  assert.ok(barriers > 2 && barriers < all);
  // Of one group, either will do.
  await answered(tab, () => kinds.getByLabel("What can help").check());
  await everything();
  assert.deepEqual(await seen(), ["What can help", "What may be in the way"]);
  assert.ok((await total()) > barriers && (await total()) < all);

  await answered(tab, () => topics.getByLabel("Daily life").check());
  await everything();
  const both = await listed(tab);
  const page = site.read("topics/daily-life/").toString();
  assert.ok(both.length > 0 && both.length < barriers);
  assert.deepEqual(both.filter(({ url }) => !page.includes(`href="${url.split("#")[0]}"`)), []);
  assert.deepEqual(both.filter(({ kind }) => !/^What (can help|may be in the way)$/.test(kind)), []);

  // A choice that leaves nothing says so; without any all is there again.
  await ask(tab, "samaritans");
  assert.equal(await status(tab).textContent(), FOUND_NONE);
  await ask(tab, "therapy");
  for (const ticked = tab.locator(".narrow input:checked"); await ticked.count(); ) await answered(tab, () => ticked.first().click());
  assert.deepEqual(await titles(tab), before);
  assert.equal(await total(), all);
});

look("Show more adds results below, and takes the focus to the first of them", guide, async ({ visit }) => {
  const tab = await atSearch(visit);
  await ask(tab, "therapy");
  const total = Number(/\d+/.exec(await status(tab).textContent())[0]);
  assert.ok(total > 20);
  const first = await titles(tab);
  assert.equal(first.length, 10);
  await more(tab).focus();
  await answered(tab, () => tab.keyboard.press("Enter"));
  const then = await titles(tab);
  assert.equal(then.length, 20);
  assert.deepEqual(then.slice(0, 10), first);
  const focused = () => tab.evaluate(() => [...document.querySelectorAll(".results > li")].indexOf(document.activeElement.closest(".results > li")));
  await until("the focus is on the first new one", async () => (await focused()) === 10, 2_000);
  assert.ok(await tab.evaluate(() => document.activeElement.matches("h2 a")));
  for (let shown = 20; shown < total; shown += 10) {
    await answered(tab, () => more(tab).click());
    await until("the focus is on the first new one", async () => (await focused()) === shown, 2_000);
  }
  assert.equal((await titles(tab)).length, total);
  assert.equal(new Set((await listed(tab)).map(({ url }) => url)).size, total, "each once");
  assert.ok(!(await more(tab).isVisible()));
  await ask(tab, "therapist");
  assert.equal(await items(tab).count(), 10, "another question begins at the beginning");
});

// Without JavaScript, and without an index.

look("without JavaScript the form leads to A to Z, and takes nothing along", guide, async ({ site, visit }) => {
  const tab = await visit("search/", { javaScriptEnabled: false });
  assert.match(await tab.locator("form.search noscript").innerText(), /This search needs JavaScript\. Without it the button leads to all pages from A to Z\./);
  assert.ok(await tab.locator("form.search noscript p").isVisible());
  const asked = [];
  tab.on("request", (request) => asked.push(`${request.method()} ${request.url()} ${request.postData() ?? ""}`));
  await field(tab).fill(LAY);
  await button(tab).click();
  await tab.waitForURL((url) => url.pathname === "/a-z/");
  assert.match(tab.url(), new RegExp(`^${site.url}a-z/\\??$`));
  assert.match(asked[0], new RegExp(`^GET ${site.url}a-z/\\?? $`));
  assert.doesNotMatch(asked.join("\n"), /therapist|doesnt/);
  await tab.getByRole("heading", { level: 1, name: "A to Z" }).waitFor();
});

const garbage = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 197 + 31) % 256));
const lost = { status: 404, contentType: "text/html", body: "<title>404</title>" };
const DAMAGES = {
  "is garbage": () => ({ body: garbage }),
  "is garbage that calls itself gzip": () => ({ body: Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]), garbage]) }),
  "is cut off": (file) => ({ body: file.subarray(0, file.length / 2) }),
  "is cut off after it was unpacked": (file) => ({ body: gunzipSync(file).subarray(0, 40_000) }),
  "is empty": () => ({ body: Buffer.alloc(0) }),
  "has one letter wrong": (file) => ({ body: file.map((byte, at) => (at === 20_000 ? byte ^ 1 : byte)) }),
  "is missing": () => lost,
};
const allow = /status of 404/;
for (const [name, damage] of Object.entries(DAMAGES)) {
  look(`the page says so when the index ${name}, shows another way, and works once it is back`, guide, { allow }, async ({ site, visit }) => {
    const tab = await visit("404.html");
    const answer = damage(site.read("search/index.bin"));
    await tab.route("**/search/index.bin", (route) => route.fulfill({ contentType: "application/octet-stream", ...answer }));
    await tab.goto(`${site.url}search/`);
    await ask(tab, LAY);
    assert.equal(await status(tab).textContent(), BROKEN);
    assert.ok(await none(tab).getByRole("link", { name: "A to Z" }).isVisible());
    assert.ok(await none(tab).getByRole("link", { name: "Get urgent help now" }).isVisible());
    assert.equal(await items(tab).count(), 0);
    await tab.unroute("**/search/index.bin");
    await ask(tab, "anxiety");
    assert.match(await status(tab).textContent(), /^Found: /);
    assert.ok((await items(tab).count()) > 0);
    assert.ok(!(await none(tab).isVisible()));
  });
}

look("an index that a server has unpacked already will do", guide, async ({ site, visit }) => {
  const tab = await visit("404.html");
  await tab.route("**/search/index.bin", (route) => route.fulfill({ contentType: "application/octet-stream", body: gunzipSync(site.read("search/index.bin")) }));
  await tab.goto(`${site.url}search/`);
  await ask(tab, LAY);
  const { find } = await engine(guide);
  assert.deepEqual(await titles(tab), (await find(LAY, { lang: "en-GB" })).map(({ title }) => title));
});

for (const [name, answer] of Object.entries({ "is missing": lost, "is damaged": { body: garbage, contentType: "application/octet-stream" } })) {
  look(`of a large index, too, the page says so when a part ${name}`, manyPages, { allow }, async ({ visit }) => {
    const tab = await atSearch(visit);
    for (const letter of "vpc") {
      // One that nobody has asked for before is not in memory.
      const query = { v: "japanese", p: "sessions", c: "anxious" }[letter];
      let times = 0;
      await tab.route(`**/search/${letter}*.bin`, (route) => {
        times += 1;
        return route.fulfill(answer);
      });
      await ask(tab, query);
      assert.ok(times > 0, `${letter}: a part was asked for`);
      assert.equal(await status(tab).textContent(), BROKEN, letter);
      assert.ok(await none(tab).getByRole("link", { name: "A to Z" }).isVisible());
      assert.equal(await items(tab).count(), 0);
      await tab.unroute(`**/search/${letter}*.bin`);
      await answered(tab, () => button(tab).click());
      assert.match(await status(tab).textContent(), /^Found: /, `${letter}: it works once the file is back`);
      assert.ok(!(await none(tab).isVisible()));
    }
  });
}

look("the boxes to narrow by come once the index is back", guide, { allow }, async ({ site, visit }) => {
  const tab = await visit("404.html");
  await tab.route("**/search/index.bin", (route) => route.fulfill(lost));
  await tab.goto(`${site.url}search/`);
  await ask(tab, LAY);
  await tab.unroute("**/search/index.bin");
  await ask(tab, "anxiety");
  await tab.locator(".narrow summary").waitFor({ timeout: 2_000 });
});

look("a module that could not be read is asked for again", guide, { allow }, async ({ site, visit }) => {
  const tab = await visit("404.html");
  await tab.route("**/search/search.js*", (route) => route.fulfill(lost));
  await tab.goto(`${site.url}search/`);
  await ask(tab, LAY);
  assert.equal(await status(tab).textContent(), BROKEN);
  assert.ok(await none(tab).isVisible());
  await tab.unroute("**/search/search.js*");
  await ask(tab, "anxiety");
  assert.match(await status(tab).textContent(), /^Found: /);
});

// What is typed to do harm, or by a cat on the keyboard.

look("whatever is typed is answered soon, and nothing of it becomes part of the page", guide, async ({ visit }) => {
  const tab = await atSearch(visit);
  const census = () =>
    tab.evaluate(() => ({
      made: document.querySelectorAll("img, script, iframe, object, embed, style, link, svg, form, input, button, base, meta").length,
      inResults: [...new Set([...document.querySelectorAll(".search-found *")].map((one) => one.tagName))].filter((name) => !["OL", "LI", "H2", "A", "P", "MARK", "BUTTON"].includes(name)),
      armed: [...document.querySelectorAll("*")].filter((one) => [...one.attributes].some(({ name }) => name.startsWith("on"))).length,
      hurt: window.hurt,
      address: location.href,
    }));
  const before = await census();
  const phrase = "my therapist doesnt get me and I feel worse ";
  const HOSTILE = {
    "nothing": "",
    "spaces": " \t \u00a0\u3000 ",
    "10,000 characters": phrase.repeat(250).slice(0, 10_000),
    "10,000 characters of different words": Array.from({ length: 2_500 }, (_, at) => `${at.toString(36)}ab`).join(" ").slice(0, 10_000),
    "one word of 10,000 letters": "therapist".repeat(1_112).slice(0, 10_000),
    "10,000 accents": `a${"\u0301".repeat(9_999)}`,
    "emoji": "👩🏽‍⚕️ ❤️ 😭😭 therapist 🏳️‍🌈",
    "right to left": "\u202eمعالجي لا يفهمني\u202c المطפל שלי",
    "an image": '<img src=x onerror="window.hurt=1"> therapist',
    "a script": "</script><script>window.hurt=1</script>",
    "quotation marks": `"' onfocus=window.hurt=1 autofocus x="therapist`,
    "marks of regular expressions": "(?:[a-z]+)+$ .* \\ therapist* [ ) ^ $ | { } ? + (a+)+b",
    "a name of a property": "__proto__ constructor hasOwnProperty toString",
    "NUL": "thera\0pist \0",
    "half a character": "\ud800 therapist \udc00\ud800",
    "what ends in half a character": "therapist\ud83d",
    "no character": "\uffff\ufffe\u{10ffff}\u{e0001}",
    "a way out of the folder": "../../index.bin %2e%2e/ file:///etc/passwd",
  };
  for (const [name, query] of Object.entries(HOSTILE)) {
    const began = Date.now();
    await answered(
      tab,
      // As numbers, so that halves of characters arrive.
      () =>
        field(tab).evaluate((one, codes) => {
          one.value = codes.map((code) => String.fromCharCode(code)).join("");
          one.dispatchEvent(new InputEvent("input", { bubbles: true }));
          one.form.requestSubmit();
        }, Array.from({ length: query.length }, (_, at) => query.charCodeAt(at))),
      5_000,
    );
    assert.ok(Date.now() - began < 5_000, `${name}: ${Date.now() - began} ms`);
    assert.deepEqual(await census(), before, name);
    const said = await status(tab).textContent();
    assert.match(said, query.trim() ? /^Found: \d+$|^Nothing was found/ : /^$/, name);
    if (query.includes("therapist") && !name.includes("10,000 letters")) assert.match(said, /^Found: /, name);
  }
  // And after all of it the search is as it was.
  await ask(tab, LAY);
  assert.equal(await items(tab).count(), 10);
});

look("what looks like markup in a title, a summary or a heading is shown as it is written", menued, async ({ visit }) => {
  const tab = await atSearch(visit);
  const images = await tab.locator("img").count();
  await ask(tab, "kites");
  const [first] = await listed(tab);
  assert.equal(first.title, `Kites ${TAG}`);
  assert.equal(first.excerpt, `Of kites & <b>bold</b> ${TAG}`);
  await ask(tab, "strings");
  assert.equal((await listed(tab))[0].heading, "Kites & <b>strings</b>");
  assert.equal(await tab.locator("img").count(), images);
  assert.equal(await tab.locator(".results b").count(), 0);
  assert.equal(await tab.evaluate(() => window.hurt), undefined);
});

// Everybody.

for (const [name, options] of Object.entries({
  "wide and light": {},
  "wide and dark": { colorScheme: "dark" },
  "narrow and light": { viewport: { width: 320, height: 640 } },
  "narrow and dark": { viewport: { width: 320, height: 640 }, colorScheme: "dark" },
})) {
  look(`results, boxes and what is said are fit for everybody: ${name}`, guide, async ({ visit }) => {
    const tab = await atSearch(visit, options);
    const isFit = async (what) => {
      assert.deepEqual(await violations(tab), [], what);
      assert.ok(!(await isWide(tab)), `${what}: scrolls sideways`);
      assert.deepEqual(await clipped(tab), [], what);
    };
    await isFit("before anything is typed");
    await ask(tab, "when to stop");
    assert.ok((await tab.locator(".results mark").count()) > 0 && (await tab.locator(".results .where").count()) > 0 && (await more(tab).isVisible()));
    await tab.locator(".narrow summary").click();
    await isFit("with results");
    const small = await tab.evaluate(() => {
      const own = [...document.querySelectorAll("main :is(button, summary, .choice, input[type=search])")].filter((one) => one.checkVisibility());
      return own.filter((one) => one.getBoundingClientRect().height < 43.9).map((one) => `${one.outerHTML.slice(0, 90)} is ${Math.round(one.getBoundingClientRect().height)} px high`);
    });
    assert.deepEqual(small, []);
    await ask(tab, NONSENSE);
    await isFit("with nothing found");
  });
}

look("text of twice the size fits the page of results", guide, async ({ visit }) => {
  const tab = await atSearch(visit, { viewport: { width: 640, height: 800 } });
  await tab.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await ask(tab, LAY);
  await tab.locator(".narrow summary").click();
  assert.ok(!(await isWide(tab)));
  assert.deepEqual(await clipped(tab), []);
});

look("forced colours leave edges, outlines and the marks of words", guide, async ({ visit }) => {
  const tab = await atSearch(visit, { forcedColors: "active" });
  await ask(tab, LAY);
  // With the keyboard: only who uses it needs to see where it is.
  await tab.locator(".narrow summary").press("Enter");
  for (const one of [field(tab), button(tab), more(tab)]) {
    const [style, width] = await one.evaluate((one) => [getComputedStyle(one).borderBlockStartStyle, parseFloat(getComputedStyle(one).borderBlockStartWidth)]);
    assert.ok(style !== "none" && width >= 1, await one.evaluate((one) => one.outerHTML));
  }
  for (const one of [field(tab), button(tab), tab.locator(".narrow summary"), tab.locator(".narrow input").first(), items(tab).first().locator("a"), more(tab)]) {
    await one.focus();
    const [style, width] = await one.evaluate((one) => [getComputedStyle(one).outlineStyle, parseFloat(getComputedStyle(one).outlineWidth)]);
    assert.ok(style !== "none" && width >= 3, `${await one.evaluate((one) => one.outerHTML.slice(0, 90))}: ${style} ${width}`);
  }
  assert.equal(await tab.locator(".results mark").first().evaluate((one) => getComputedStyle(one).textDecorationLine), "underline");
  assert.ok(!(await isWide(tab)));
});

look("in Arabic the search runs from right to left, finds and is fit for everybody", clinic, async ({ visit }) => {
  const tab = await visit("ar/search/", { viewport: { width: 320, height: 640 } });
  // The boxes to narrow by come with the first visit to the field.
  const typed = tab.locator("form.search input[type=search]");
  await typed.focus();
  await tab.locator(".narrow summary").waitFor();
  await answered(tab, () => typed.fill("السكري"));
  const { find } = await engine(clinic);
  const expected = await find("السكري", { lang: "ar" });
  assert.ok(expected.length > 0);
  assert.deepEqual(await titles(tab), expected.map(({ title }) => title));
  assert.ok((await tab.locator(".results mark").count()) > 0);
  assert.equal(await items(tab).first().evaluate((one) => getComputedStyle(one).direction), "rtl");
  assert.deepEqual(await violations(tab), []);
  assert.ok(!(await isWide(tab)));
  assert.deepEqual(await clipped(tab), []);
});

// What a site may choose.

look("a site that asks for it has the query in the address, and finds it again there", addressed, async ({ site, visit }) => {
  const tab = await atSearch(visit, {}, "search/?lang=x#_main");
  const length = await tab.evaluate(() => history.length);
  await ask(tab, "muddy path & more");
  assert.equal(new URL(tab.url()).searchParams.get("q"), "muddy path & more");
  assert.equal(new URL(tab.url()).searchParams.get("lang"), "x", "what else stands there is left alone");
  assert.equal(await tab.evaluate(() => history.length), length, "it takes the place of the address before");
  const found = await titles(tab);
  assert.ok(found.length > 0);
  const again = await visit(new URL(tab.url()).href.slice(site.url.length));
  await items(again).first().waitFor();
  assert.equal(await field(again).inputValue(), "muddy path & more");
  assert.deepEqual(await titles(again), found);
  await ask(again, "");
  assert.equal(new URL(again.url()).searchParams.has("q"), false);
  const hostile = await visit(`search/?q=${encodeURIComponent(`<img src=x onerror=window.hurt=1> muddy`)}`);
  await items(hostile).first().waitFor();
  assert.equal(await hostile.evaluate(() => window.hurt), undefined);
  // Any other site takes no notice of it.
  const other = await (await guide.start(), hostile.context().newPage());
  await other.goto(`${guide.url}search/?q=anxiety`);
  await field(other).focus();
  await other.locator(".narrow summary").waitFor();
  assert.equal(await field(other).inputValue(), "");
  assert.equal(await items(other).count(), 0);
});

look("a site without a search has no folder for it, no link to it and no index", unsearched, async ({ site, visit }) => {
  assert.ok(!fs.existsSync(path.join(site.folder, "search")));
  const tab = await visit("");
  assert.equal(await tab.locator(".search-link").count(), 0);
  for (const page of site.pages()) assert.doesNotMatch(site.read(page).toString(), /href="[^"]*\/search\//, page);
  assert.doesNotMatch(site.read("sitemap.xml").toString(), /\/search\//);
  // Any other has the link on every page that has a header.
  await addressed.start();
  const linked = addressed.pages().filter((page) => addressed.read(page).includes("site-header"));
  assert.ok(linked.length > 5);
  for (const page of linked) assert.match(addressed.read(page).toString(), /<header.*<a class="search-link" href="\/search\/"/s, page);
});

// The terminal and the browser.

const run = promisify(execFile);
async function inTerminal(site, query, lang) {
  const { stdout } = await run(guidewright, ["search", "--format", "json", "--limit", "10", "--output", site.folder, ...(lang ? ["--lang", lang] : []), "--", query]);
  return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** Asks both the same, a few at a time, and tells the shortest question to which they have different answers. */
async function agree(site, queries, lang) {
  const { find } = await engine(site);
  const differing = [];
  let answers = 0;
  const left = [...queries];
  const work = async () => {
    while (left.length) {
      const query = left.pop();
      const terminal = (await inTerminal(site, query, lang)).map(({ url, title, heading, score }) => [url, title, heading, score]);
      const browser = (await find(query, { lang: lang ?? languageOf(site) })).map(({ url, title, heading, score }) => [url, title, heading, score]);
      answers += terminal.length > 0;
      if (JSON.stringify(terminal) !== JSON.stringify(browser)) differing.push({ query, terminal: terminal.slice(0, 3), browser: browser.slice(0, 3) });
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
  differing.sort((a, b) => a.query.length - b.query.length);
  if (differing.length) assert.fail(`${differing.length} of ${queries.length} differ, among them ${JSON.stringify(differing[0], null, 1)}`);
  return answers;
}
const languageOf = (site) => (site === manyPages ? "en" : "en-GB");

/** What pages call things, and what else they are found by. */
function voices(site, folder, part, fits) {
  const plain = (html) => html.replace(/<[^>]*>/g, "").replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replace(/\s+/g, " ").trim();
  const pages = site.pages().filter((page) => (part ? page.startsWith(part) : !/^(es|ar)\//.test(page)));
  const heads = pages.flatMap((page) => [...site.read(page).toString().matchAll(/<h[1-3][^>]*>(.*?)<\/h/gs)].map(([, html]) => plain(html)));
  const names = contents(folder, fits).flatMap((text) => [...text.matchAll(/^(?:also_known_as|searches): \[(.*)\]/gm)].flatMap(([, list]) => list.split(",").map((name) => name.trim().replace(/^["']|["']$/g, ""))));
  return [...new Set([...heads, ...names])].filter(Boolean);
}

/** Questions as people type them: words, pairs, phrases, with letters wrong, begun, in capitals. */
function questions(texts, number, seed) {
  const { below, pick } = dice(seed);
  const words = [...new Set(texts.flatMap((text) => text.split(/[\s/]+/)))].filter((word) => /[\p{L}\p{N}]/u.test(word));
  const wrong = (word) => {
    const chars = [...word];
    const at = below(Math.max(1, chars.length - 1));
    const other = pick(words.flatMap((word) => [...word]));
    const ways = [
      () => chars.splice(at, 1),
      () => chars.splice(at, 0, chars[at]),
      () => chars.splice(at, 1, other),
      () => chars.splice(at, 2, ...chars.slice(at, at + 2).reverse()),
      () => chars.splice(below(chars.length), 0, other) && chars.splice(below(chars.length), 1),
    ];
    pick(ways)();
    return chars.join("");
  };
  const begun = (word) => [...word].slice(0, 1 + below([...word].length)).join("");
  const WAYS = [
    () => pick(words),
    () => `${pick(words)} ${pick(words)}`,
    () => pick(texts),
    () => wrong(pick(words)),
    () => `${wrong(pick(words))} ${pick(words)}`,
    () => begun(pick(words)),
    () => `${pick(words)} ${begun(pick(words))}`,
    () => begun(pick(texts)),
    () => `${pick(words)} `,
    () => pick(texts).toUpperCase(),
    () => wrong(wrong(pick(words).concat(pick(["", "s", "ing", "ed"])))),
    () => pick(texts).normalize("NFD").replace(/\p{M}/gu, ""),
    () => pick(texts).normalize("NFD").concat(pick(["?", "!", "…", " ", "'"])),
    () => pick(texts).split(" ").map(wrong).join("  "),
    () => `${pick(words)}${pick(["-", "’", ".", "/", "", "\u00ad", "\u200d"])}${pick(words)}`,
  ];
  const made = new Set();
  for (let at = 0; made.size < number; at++) {
    const query = WAYS[at % WAYS.length]();
    if (query.trim()) made.add(query);
    assert.ok(at < number * 50, "there is enough to ask");
  }
  return [...made];
}

const english = (file) => !/\.(es|ar)\.md$/.test(file);
const CORPORA = [
  { what: "the guide", site: guide, folder: "content", part: "", fits: english, number: 250 },
  { what: "the guide in Spanish", site: guide, folder: "content", part: "es/", fits: (file) => file.endsWith(".es.md"), lang: "es", number: 60 },
  { what: "the clinic", site: clinic, folder: "tests/sites/clinic/content", part: "", fits: english, number: 60 },
  { what: "the clinic in Spanish", site: clinic, folder: "tests/sites/clinic/content", part: "es/", fits: (file) => file.endsWith(".es.md"), lang: "es", number: 65 },
  { what: "the clinic in Arabic", site: clinic, folder: "tests/sites/clinic/content", part: "ar/", fits: (file) => file.endsWith(".ar.md"), lang: "ar", number: 65 },
];
for (const { what, site, folder, part, fits, lang, number } of CORPORA) {
  test(`the terminal and the browser give the same answers to ${number} questions: ${what}`, async () => {
    await site.start();
    const queries = questions(voices(site, folder, part, fits), number, number);
    const answers = await agree(site, queries, lang);
    assert.ok(answers > number * 0.4, `only ${answers} of ${number} have an answer`);
  });
}
test("these were 500 questions", () => assert.equal(CORPORA.reduce((sum, { number }) => sum + number, 0), 500));

test("the terminal and the browser give the same answers to 200 questions: a large guide, in many scripts", async () => {
  await manyPages.start();
  const files = fs.readdirSync(path.join(manyPages.folder, "search")).filter((file) => file.endsWith(".bin"));
  for (const letter of "vpcf") assert.ok(files.some((file) => file.startsWith(letter)), `${letter} of ${files.length} files`);
  assert.ok(files.length > 20, `${files.length} files`);
  const texts = voices(manyPages, "content", "", english).filter((text) => !text.includes("・"));
  const queries = [...questions([...texts.slice(0, 300), ...SCRIPTS], 150, 7), ...questions(SCRIPTS, 49, 8), "the therapy sessions"];
  const answers = await agree(manyPages, queries);
  assert.ok(answers > 120, `only ${answers} have an answer`);
  // Of a large index only some files are read for a question.
  const { read, find } = await engine(manyPages);
  const before = read.length;
  await find("sessions japanese", { lang: "en" });
  assert.ok(read.length - before < files.length / 2);
});

test("the terminal and the browser part words at the same signs in scripts without spaces", async () => {
  await manyPages.start();
  const queries = ["薬・水", "電話・相談", "リンク・ページ", "ページ。", "ราคา฿๕๐", "・", "相談・"];
  const answers = await agree(manyPages, queries);
  assert.ok(answers >= 3, `only ${answers} have an answer`);
});

test("the terminal and the browser take the same index for a language of a region", async () => {
  await guide.start();
  await agree(guide, ["ayuda urgente", "terapia"], "es-MX");
  await agree(guide, ["anxiety"], "en-US");
  await agree(guide, ["anxiety"], "fr");
});

// What it weighs.

look("the client weighs at most 8 kB, and the first question on the guide at most 60 kB", guide, async ({ site, visit }) => {
  const sent = (bytes) => brotliCompressSync(bytes).length;
  const tab = await visit("404.html");
  const answers = [];
  await tab.goto("about:blank");
  tab.on("response", (response) => answers.push(response));
  await tab.goto(`${site.url}search/`);
  await ask(tab, LAY);
  const sizes = Object.fromEntries(
    answers
      .map((answer) => new URL(answer.url()).pathname)
      .filter((name) => /search/.test(name) && !name.endsWith("/"))
      // An index is packed already, and hosts send it as it is.
      .map((name) => [name, name.endsWith(".bin") ? site.read(name.slice(1)).length : sent(site.read(name.slice(1)))]),
  );
  const names = Object.keys(sizes);
  assert.deepEqual(names.map((name) => name.replace(/\.[0-9a-f]{10}\./, ".")).sort(), ["/assets/search.js", "/search/index.bin", "/search/search.js"]);
  const client = names.filter((name) => name.endsWith(".js")).reduce((sum, name) => sum + sizes[name], 0);
  const all = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  console.log(`The search of the guide: the client ${client} bytes, the first question ${all} bytes (${JSON.stringify(sizes)})`);
  assert.ok(client <= 8_000, `${client} bytes`);
  assert.ok(all <= 60_000, `${all} bytes`);
});
