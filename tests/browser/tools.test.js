// The tools of the guide: the finder, the comparison, the way out, the addresses of headings, the sheets.
// What a reader ticks says much about them, so it is also looked at what stays behind: nothing.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { Built, guide, look } from "./built.js";
import { clipped, isWide, violations } from "./checks.js";
import { until } from "./helper.js";

// The finder.

const BETTER = "I thought I’d feel better by now";
const AIM = "I don’t know what we are aiming for";
const MONTHS = "Nothing has shifted for months";
const BED = "I can’t get out of bed or eat";
const tick = async (tab, ...statements) => {
  for (const statement of statements) await tab.getByLabel(statement, { exact: true }).check();
};
const found = (tab) =>
  tab.locator(".found ol > li").evaluateAll((items) => items.map((item) => [item.querySelector("a").textContent, item.querySelector(".why").textContent]));
const count = (tab) => tab.locator(".list-statements").getByRole("status");

look("the finder puts the page that fits best first, and says what each was found by", guide, async ({ visit }) => {
  const tab = await visit("finder/");
  await tick(tab, MONTHS, BETTER, AIM);
  assert.deepEqual(await found(tab), [
    ["Therapy is not what I expected", `Because you chose: ${BETTER} · ${AIM}`],
    ["I may need more than therapy", `Because you chose: ${MONTHS}`],
  ]);
  await tab.getByLabel(AIM).uncheck();
  // Pages that fit equally well keep the order of the list.
  assert.deepEqual((await found(tab)).map(([title]) => title), ["Therapy is not what I expected", "I may need more than therapy"]);
  await tab.locator(".found").getByRole("link", { name: "I may need more than therapy" }).click();
  await tab.waitForURL(`${guide.url}barriers/more-than-therapy/`);
});

look("the finder says how many pages fit, from a place that is there before", guide, async ({ visit }) => {
  const tab = await visit("finder/");
  // A screen reader speaks of a change only where there was something that could change.
  assert.ok(await count(tab).count(), "there is a status before anything is ticked");
  assert.equal(await count(tab).textContent(), "");
  const isSpoken = () => count(tab).evaluate((status) => status.checkVisibility());
  assert.ok(await isSpoken(), "it is not hidden before anything is ticked");
  assert.ok(!(await tab.getByRole("heading", { name: "Where these lead" }).isVisible()));
  await tick(tab, BETTER);
  assert.equal(await count(tab).textContent(), "Pages that fit: 1");
  await tick(tab, AIM);
  assert.equal(await count(tab).textContent(), "Pages that fit: 1");
  await tick(tab, MONTHS);
  assert.equal(await count(tab).textContent(), "Pages that fit: 2");
  assert.ok(await isSpoken());
});

look("an urgent statement shows the way to urgent help before all results", guide, async ({ visit }) => {
  const tab = await visit("finder/");
  const urgent = tab.locator(".found").getByRole("link", { name: "Get urgent help now" });
  await tick(tab, BETTER);
  assert.equal(await urgent.count(), 0);
  await tick(tab, BED);
  assert.equal(await tab.locator(".found a").first().textContent(), "Get urgent help now");
  assert.equal(await urgent.getAttribute("href"), "/urgent-help/");
  await tab.getByLabel(BED).uncheck();
  assert.equal(await urgent.count(), 0);
});

look("Clear takes back all that was ticked, and the focus to where it begins", guide, async ({ visit }) => {
  const tab = await visit("finder/");
  await tick(tab, BETTER, BED);
  await tab.getByRole("button", { name: "Clear" }).click();
  assert.equal(await tab.locator("main input:checked").count(), 0);
  assert.deepEqual(await found(tab), []);
  assert.equal(await count(tab).textContent(), "");
  assert.ok(!(await tab.getByRole("button", { name: "Clear" }).isVisible()));
  assert.ok(await tab.locator("main input").first().evaluate((box) => box === document.activeElement));
});

for (const [name, options] of Object.entries({
  "wide and light": {},
  "narrow and light": { viewport: { width: 320, height: 640 } },
  "wide and dark": { colorScheme: "dark" },
})) {
  look(`what the finder found and a sorted comparison are fit for everybody: ${name}`, guide, async ({ site, visit }) => {
    const tab = await visit("finder/", options);
    const isFit = async () => {
      assert.deepEqual(await violations(tab), []);
      assert.ok(!(await isWide(tab)));
      assert.deepEqual(await clipped(tab), []);
    };
    await tick(tab, BETTER, AIM, MONTHS, BED);
    await isFit();
    await tab.goto(`${site.url}compare/`);
    await tab.getByLabel("CBT").check();
    // On a narrow screen the heads of the columns are for screen readers and the keyboard.
    await tab.getByRole("columnheader", { name: "Plan" }).getByRole("button").press("Enter");
    await isFit();
  });
}

look("the results can be printed", guide, async ({ visit }) => {
  const tab = await visit("finder/");
  await tab.evaluate(() => (window.print = () => (window.printed = true)));
  await tick(tab, BETTER);
  await tab.locator(".found").getByRole("button", { name: "Print this page" }).click();
  assert.ok(await tab.evaluate(() => window.printed));
});

look("who comes back to the finder finds nothing ticked, and nothing was kept or sent", guide, async ({ site, visit }) => {
  const tab = await visit("finder/");
  const asked = [];
  // The icon of the page is asked for when the browser finds the time.
  tab.on("request", (request) => request.url().includes("/assets/favicon") || asked.push(request.url()));
  await tick(tab, BETTER, BED);
  const kept = () =>
    tab.evaluate(async () => ({
      local: localStorage.length,
      session: sessionStorage.length,
      cookies: document.cookie,
      databases: (await indexedDB.databases()).length,
      // A page of plain http has no caches of its own, nor has a worker there.
      workers: (await navigator.serviceWorker?.getRegistrations())?.length ?? 0,
      search: location.search,
      hash: location.hash,
      state: history.state,
    }));
  const nothing = { local: 0, session: 0, cookies: "", databases: 0, workers: 0, search: "", hash: "", state: null };
  assert.deepEqual(await kept(), nothing);
  assert.deepEqual(asked, []);
  assert.equal(await tab.evaluate(() => history.length), 2);
  assert.deepEqual(await tab.context().cookies(), []);

  await tab.goto(`${site.url}about/`);
  assert.ok(!asked.some((address) => address.includes("?")));
  await tab.goBack();
  assert.equal(tab.url(), `${site.url}finder/`);
  assert.equal(await tab.locator("main input").count() > 20, true);
  assert.equal(await tab.locator("main input:checked").count(), 0);
  assert.deepEqual(await found(tab), []);

  await tick(tab, BETTER);
  await tab.reload();
  assert.equal(await tab.locator("main input:checked").count(), 0);
  assert.deepEqual(await kept(), nothing);
});

// The comparison.

const ABOUT = 0;
const SESSIONS = 1;
const column = (tab, table, number) =>
  tab.locator(".list-table").nth(table).locator("tbody tr").evaluateAll(
    (rows, number) =>
      rows.filter((row) => !row.hidden).map((row) => {
        const cell = row.cells[number].cloneNode(true);
        cell.querySelector(".cell-name")?.remove();
        return cell.textContent.trim();
      }),
    number,
  );
const sorted = (tab, table) => tab.locator(".list-table").nth(table).locator("thead th").evaluateAll((heads) => heads.map((head) => head.getAttribute("aria-sort")));

look("the comparison is sorted by a column, one way and the other", guide, async ({ visit }) => {
  const tab = await visit("compare/");
  const before = await column(tab, SESSIONS, 0);
  assert.equal(before.length, 9);
  assert.deepEqual((await sorted(tab, SESSIONS)).filter(Boolean), []);

  const plan = tab.getByRole("columnheader", { name: "Plan" });
  await plan.getByRole("button").click();
  const rising = await column(tab, SESSIONS, 1);
  assert.deepEqual(rising, [...rising].sort());
  assert.notDeepEqual(rising, [...rising].reverse(), "the column has something to sort");
  assert.equal(await plan.getAttribute("aria-sort"), "ascending");

  // With the keyboard as with the mouse.
  await plan.getByRole("button").press("Enter");
  assert.deepEqual(await column(tab, SESSIONS, 1), [...rising].reverse());
  assert.equal(await plan.getAttribute("aria-sort"), "descending");

  await tab.getByRole("columnheader", { name: "Kind of therapy" }).nth(SESSIONS).getByRole("button").click();
  assert.deepEqual(await column(tab, SESSIONS, 0), [...before].sort(new Intl.Collator("en-GB").compare));
  assert.deepEqual(await sorted(tab, SESSIONS), ["ascending", ...Array(4).fill(null)], "only one column says that it sorts");
  assert.deepEqual(await column(tab, ABOUT, 0), before, "the other table keeps its order");
});

look("the comparison shows only the rows that are ticked, and all when none is", guide, async ({ visit }) => {
  const tab = await visit("compare/");
  const all = await column(tab, ABOUT, 0);
  assert.equal(await tab.locator(".filter").count(), 1, "one choice for both tables");
  assert.equal(await tab.locator(".list .filter").count(), 0, "under the heading of neither");
  const only = tab.getByRole("group", { name: "Show only these" });
  assert.deepEqual(await only.locator("label").allTextContents(), all);
  const said = only.getByRole("status");
  assert.equal(await said.textContent(), "", "it is there before, and says nothing");
  await only.getByLabel(all[2]).check();
  assert.equal(await said.textContent(), "Shown: 1 of 9");
  await only.getByLabel(all[0]).check();
  assert.equal(await said.textContent(), "Shown: 2 of 9");
  for (const table of [ABOUT, SESSIONS]) assert.deepEqual(await column(tab, table, 0), [all[0], all[2]]);
  assert.equal(await tab.locator("tbody tr:visible").count(), 4);
  await only.getByLabel(all[0]).uncheck();
  assert.deepEqual(await column(tab, SESSIONS, 0), [all[2]]);
  await only.getByLabel(all[2]).uncheck();
  assert.deepEqual(await column(tab, SESSIONS, 0), all);
  assert.equal(await said.textContent(), "Shown: 9 of 9");
  assert.ok(await only.locator("input").first().evaluate((box) => box.autocomplete === "off"), "a browser does not fill it in again");
});

look("on a page that is not translated the words of the comparison are in the language of the reader", guide, async ({ visit }) => {
  const tab = await visit("es/compare/", { viewport: { width: 320, height: 640 } });
  const langOf = (one) => one.evaluate((one) => one.closest("[lang]").lang);
  assert.equal(await langOf(tab.getByRole("group", { name: "Mostrar solo:" })), "es");
  for (const by of await tab.getByLabel("Ordenar por").all()) assert.equal(await langOf(by), "es");
  for (const own of await tab.locator(".list h2, .list caption").all()) assert.equal(await langOf(own), "en-GB");
});

look("on a telephone the comparison is sorted by a choice above it", guide, async ({ visit }) => {
  const tab = await visit("compare/", { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
  const before = await column(tab, SESSIONS, 1);
  const sessions = tab.locator(".list-table").nth(SESSIONS);
  const by = sessions.getByRole("combobox", { name: "Sort by", description: "What to expect from the sessions" });
  const turn = sessions.getByRole("button", { name: "Turn the order round" });
  assert.ok(!(await turn.isVisible()), "there is no order yet to turn round");
  await by.selectOption("Plan");
  const rising = await column(tab, SESSIONS, 1);
  assert.deepEqual(rising, [...rising].sort());
  await turn.tap();
  assert.deepEqual(await column(tab, SESSIONS, 1), [...rising].reverse());
  for (const own of [by, turn]) assert.ok((await own.boundingBox()).height >= 44);
  assert.deepEqual(await violations(tab), []);
  assert.ok(!(await isWide(tab)));
  await by.selectOption("Usual order");
  assert.deepEqual(await column(tab, SESSIONS, 1), before);
  // Where there are columns, their heads sort, and one way is enough.
  await tab.setViewportSize({ width: 1280, height: 800 });
  assert.ok(!(await by.isVisible()));
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "guidewright-grouped-"));
const grouped = new Built(folder);
after(() => {
  grouped.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});
const FILES = {
  "guide.yaml": "title: Walks\nbase_url: https://walks.example/\ntaxonomies: { seasons: { title: Seasons } }\n",
  "content/index.md": "---\ntitle: Walks\nsummary: All walks.\nlist: { title: Walks by season, where: { seasons: [Spring, Autumn] }, group_by: seasons, as: table, show: [seasons] }\n---\nWalks.\n",
  "content/canal.md": "---\ntitle: Canal\nsummary: Flat.\nseasons: [Spring]\n---\nFlat.\n",
  "content/hill.md": "---\ntitle: Hill\nsummary: Steep.\nseasons: [Autumn, Spring]\n---\nSteep.\n",
};
for (const [file, text] of Object.entries(FILES)) {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
}

look("a group of which no row is shown has no heading, and a page of two groups has one box", grouped, async ({ visit }) => {
  const tab = await visit("");
  const heads = () => tab.locator("th.group:visible").allTextContents();
  const only = tab.getByRole("group", { name: "Show only these" });
  assert.deepEqual(await only.locator("label").allTextContents(), ["Hill", "Canal"]);
  assert.equal(await tab.locator(".list h2 + .filter").count(), 1, "under the heading of its table");
  assert.deepEqual(await heads(), ["Autumn", "Spring"]);
  await only.getByLabel("Canal").check();
  assert.deepEqual(await heads(), ["Spring"]);
  await only.getByLabel("Hill").check();
  assert.deepEqual(await heads(), ["Autumn", "Spring"]);
  assert.equal(await tab.locator("tbody tr:visible:not(:has(.group))").count(), 3);
  assert.equal(await only.getByRole("status").textContent(), "Shown: 2 of 2");
});

// The way out.

const EXIT = "https://www.bbc.co.uk/weather";
// The one request that may leave the machine; in these tests it does not get far.
const out = { allow: /^asked for https:\/\/www\.bbc\.co\.uk\/weather$/ };
async function atExit(visit, options) {
  const tab = await visit("about/", options);
  const asked = [];
  await tab.route(EXIT, (route) => {
    asked.push(route.request().headers());
    return route.fulfill({ contentType: "text/html", body: "<title>Weather</title>Rain." });
  });
  await tab.goto(`${guide.url}barriers/expectations/`);
  return [tab, asked];
}
const isOut = (tab) => tab.waitForURL(EXIT);
/** What the page says of the way out; it is one of its two statuses. */
const told = async (tab) => (await tab.getByRole("status").allTextContents()).join("");

look("the way out takes the place of the page in the history, and does not say where it comes from", guide, out, async ({ visit }) => {
  const [tab, asked] = await atExit(visit);
  const length = await tab.evaluate(() => history.length);
  await tab.getByRole("link", { name: "Leave this page" }).click();
  await isOut(tab);
  assert.equal(asked.length, 1);
  assert.equal(asked[0].referer, undefined);
  assert.equal(await tab.evaluate(() => history.length), length);
  await tab.goBack();
  assert.equal(tab.url(), `${guide.url}about/`, "the page that was left is skipped");
});

look("three times Shift leaves the page, and the way there is announced", guide, out, async ({ visit }) => {
  const [tab] = await atExit(visit);
  assert.equal(await told(tab), "");
  await tab.keyboard.press("Shift");
  assert.equal(await told(tab), "Press Shift two more times to leave this page.");
  await tab.keyboard.press("Shift");
  assert.equal(await told(tab), "Press Shift once more to leave this page.");
  await tab.keyboard.press("Shift");
  await isOut(tab);
  await tab.goBack();
  assert.equal(tab.url(), `${guide.url}about/`);
});

look("twice Shift and a wait does not leave, nor does Shift with other keys", guide, async ({ visit }) => {
  const tab = await visit("barriers/expectations/");
  const address = tab.url();
  await tab.keyboard.press("Shift");
  await tab.keyboard.press("Shift");
  await until("the page forgets", async () => (await told(tab)) === "", 8_000);
  await tab.keyboard.press("Shift");
  assert.equal(await told(tab), "Press Shift two more times to leave this page.", "it counts from the beginning");
  await tab.keyboard.press("a");
  assert.equal(await told(tab), "");
  // Going back through the links, or writing in capitals, is no wish to leave.
  for (let press = 0; press < 4; press++) await tab.keyboard.press("Shift+Tab");
  assert.equal(await told(tab), "");
  for (let press = 0; press < 4; press++) await tab.keyboard.press("Shift+A");
  assert.equal(await told(tab), "");
  // Nor is choosing a passage with the pointer.
  for (let press = 0; press < 4; press++) {
    await tab.keyboard.down("Shift");
    await tab.mouse.click(200, 600);
    await tab.keyboard.up("Shift");
  }
  assert.equal(await told(tab), "");
  assert.equal(tab.url(), address);
  assert.ok(await tab.locator("main").isVisible());
});

look("without JavaScript the way out is a plain link", guide, out, async ({ visit }) => {
  const [tab, asked] = await atExit(visit, { javaScriptEnabled: false });
  const link = tab.getByRole("link", { name: "Leave this page" });
  assert.equal(await link.getAttribute("href"), EXIT);
  await link.click();
  await isOut(tab);
  assert.equal(asked[0].referer, undefined);
});

// Headings and sheets.

look("the address of a heading is copied, and that is announced", guide, async ({ site, visit }) => {
  const tab = await visit("barriers/expectations/", { permissions: ["clipboard-read", "clipboard-write"] });
  const copy = tab.getByRole("button", { name: "Copy the link to this part: Why it happens" });
  // Whoever uses the keyboard sees it when it has the focus.
  await copy.focus();
  assert.equal(await copy.evaluate((button) => getComputedStyle(button).opacity), "1");
  await copy.press("Enter");
  await until("it is announced", async () => (await told(tab)) === "The link is copied.");
  const said = tab.locator(".copied");
  assert.ok(await said.isVisible(), "and is shown to those who see");
  assert.equal(await said.count(), 1);
  await tab.getByRole("heading", { name: "Why it happens", exact: true }).waitFor();
  assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), `${site.url}barriers/expectations/#why-it-happens`);
  await tab.goto(await tab.evaluate(() => navigator.clipboard.readText()));
  assert.ok((await tab.locator("#why-it-happens").boundingBox()).y < 100);
});

look("where nothing can hover, the buttons beside the headings are there to be touched", guide, async ({ visit }) => {
  const tab = await visit("barriers/expectations/", { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, permissions: ["clipboard-read", "clipboard-write"] });
  const copies = tab.locator(".copy-link");
  assert.ok((await copies.count()) > 2);
  for (const copy of await copies.all()) assert.ok(await copy.evaluate((button) => button.checkVisibility({ opacityProperty: true }) && button.getBoundingClientRect().width >= 44));
  await copies.last().tap();
  await tab.locator(".copied").waitFor();
  assert.deepEqual(await violations(tab), []);
  assert.ok(!(await isWide(tab)));
  assert.deepEqual(await clipped(tab), []);
});

look("a sheet is filled in and printed, and what was written is not kept", guide, async ({ visit }) => {
  const tab = await visit("talking-to-your-therapist/");
  await tab.evaluate(() => (window.print = () => (window.printed = true)));
  const fields = tab.locator("main").getByRole("textbox");
  const number = await fields.count();
  assert.ok(number >= 3);
  for (let at = 0; at < number; at++) {
    const field = fields.nth(at);
    await field.fill(`Line ${at}`);
    assert.equal(await field.inputValue(), `Line ${at}`);
    assert.notEqual(await field.evaluate((one) => one.labels[0]?.textContent.trim() ?? ""), "");
  }
  await tab.locator("main input[type=checkbox]").first().check();
  await tab.getByRole("button", { name: "Print this page" }).click();
  assert.ok(await tab.evaluate(() => window.printed));
  assert.equal(await tab.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length), 0);
  await tab.reload();
  assert.equal((await fields.evaluateAll((all) => all.map((one) => one.value))).join(""), "");
  assert.equal(await tab.locator("main input:checked").count(), 0);
});

look("a page that is missing leads on: to the search, the A to Z, home and urgent help", guide, { allow: /status of 404/ }, async ({ visit }) => {
  const tab = await visit("barriers/expectation/");
  const leads = await tab.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.deepEqual(leads, ["/search/", "/a-z/", "/", "/urgent-help/"]);
});
