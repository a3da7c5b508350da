// Everybody can use the guide as it is published: every page by axe-core's rules and on a narrow screen,
// and one page of each type in every mode. `ALL=1` takes every page in every mode.
import assert from "node:assert/strict";
import { clinic, guide, look, manual } from "./built.js";
import { clipped, isWide, violations } from "./checks.js";

const SHEETS = ["talking-to-your-therapist/", "choosing-a-therapist/", "es/talking-to-your-therapist/", "es/choosing-a-therapist/"];
const TYPES = {
  "home": "",
  "a home that is translated": "es/",
  "a section": "barriers/",
  "a barrier": "barriers/expectations/",
  "a support": "supports/raise-a-problem/",
  "a modality": "modalities/cbt/",
  "a concern": "concerns/anxiety/",
  "a concept": "concepts/rupture-and-repair/",
  "a term": "topics/daily-life/",
  "the finder": "finder/",
  "the comparison": "compare/",
  "the sheet for a talk": SHEETS[0],
  "the sheet for a choice": SHEETS[1],
  "the helplines": "helplines/",
  "the glossary": "glossary/",
  "the sources": "sources/",
  "a to z": "a-z/",
  "the search": "search/",
  "the register of reviews": "review/",
  "urgent help": "urgent-help/",
  "a page that is missing": "404.html",
};
const WIDE = { viewport: { width: 1280, height: 800 } };
// About 80 seconds for every page on a machine that has nothing else to do, three times that on a busy one.
const TIMES = { timeout: process.env.ALL ? 3_600_000 : 600_000 };

/** Goes through one page of each type in one tab, and tells in the end what was found on which page. */
async function each(visit, site, options, act, types = TYPES) {
  const pages = process.env.ALL ? Object.fromEntries(site.pages().map((page) => [page, page])) : types;
  await through(await visit("", { ...WIDE, ...options }), site, pages, act);
}
async function through(tab, site, pages, act) {
  const found = {};
  for (const [name, address] of Object.entries(pages)) {
    await tab.goto(site.url + address);
    const faults = (await act(tab, address)).flat().filter(Boolean);
    if (faults.length) found[`${name} (${address})`] = faults;
  }
  // Whole, as a comparison would leave most of it out.
  if (Object.keys(found).length) assert.fail(JSON.stringify(found, null, 1));
}
const tooWide = async (tab) => (await isWide(tab)) && `scrolls sideways at ${tab.viewportSize().width} px`;

/** Adds rules to a page as a reader's own style sheet would; a <style> is forbidden by its policy. */
const restyle = (tab, rules) =>
  tab.evaluate((rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets.push(sheet);
  }, rules);

look("on every page of the guide axe finds nothing, and on a narrow screen nothing scrolls sideways", guide, TIMES, async ({ site, visit }) => {
  const pages = site.pages();
  const listed = [...site.read("sitemap.xml").toString().matchAll(/<loc>https:\/\/guide\.example\/(.*?)<\/loc>/g)].map(([, page]) => page);
  // The sitemap leaves out what only stands in for a translation; that is read all the same.
  assert.deepEqual(listed.filter((page) => !pages.includes(page)), []);
  assert.ok(listed.length > 80 && pages.includes("404.html") && pages.includes("es/finder/"));
  await through(await visit(""), site, Object.fromEntries(pages.map((page) => [page, page])), async (tab) => {
    await tab.setViewportSize(WIDE.viewport);
    const found = await violations(tab);
    await tab.setViewportSize({ width: 320, height: 640 });
    return [found, await tooWide(tab)];
  });
});

// WCAG 3.2.4. Who has the links of a page listed, by themselves, goes by their names.
look("on every page of the guide links of one name lead to one place", guide, TIMES, async ({ site, visit }) => {
  const tab = await visit("", WIDE);
  const browser = await tab.context().newCDPSession(tab);
  await through(tab, site, Object.fromEntries(site.pages().map((page) => [page, page])), async () => {
    // What is closed has no names.
    await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    const { nodes } = await browser.send("Accessibility.getFullAXTree");
    const places = new Map();
    for (const link of nodes.filter((node) => !node.ignored && node.role.value === "link")) {
      const name = link.name.value.trim().toLowerCase();
      const { value } = link.properties.find((own) => own.name === "url");
      places.set(name, (places.get(name) ?? new Set()).add(value.value));
    }
    if (!places.size) return ["has no links"];
    return [...places].filter(([, to]) => to.size > 1).map(([name, to]) => `"${name}" leads to ${[...to].join(" and ")}`);
  });
});

look("in the dark axe finds nothing", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, { colorScheme: "dark" }, async (tab) => [await violations(tab)]);
});

look("on a narrow screen axe finds nothing", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, { viewport: { width: 320, height: 640 } }, async (tab) => [await violations(tab), await clipped(tab)]);
});

look("a window of middling width shows everything", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, { viewport: { width: 768, height: 1024 } }, async (tab) => [
    await violations(tab),
    await tooWide(tab),
    await clipped(tab),
  ]);
});

// WCAG 2.5.5 asks for 44 px; links in the midst of a text are excepted.
look("what the theme puts there to be pressed is 44 px high or more", guide, TIMES, async ({ site, visit }) => {
  for (const width of [1280, 320]) {
    await each(visit, site, { viewport: { width, height: 800 } }, (tab) =>
      tab.evaluate(() => {
        const own = document.querySelectorAll("button, select, summary, textarea, .ticks label, .choice, .filter label, .contents a, .breadcrumbs a, .site-header nav a, .exit");
        const seen = [...own].filter((one) => one.checkVisibility() && !one.closest(".stacked thead"));
        const small = seen.filter((one) => one.getBoundingClientRect().height < 43.9);
        return small.map((one) => `${one.outerHTML.slice(0, 90)} is ${Math.round(one.getBoundingClientRect().height)} px high`);
      }),
    );
  }
});

// WebKit takes a list with `list-style: none` for no list, unless it stands in a navigation; so it does where the
// items are boxes of another kind (AccessibilityList.cpp).
look("a list without marks is a list for Safari too", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, {}, (tab) =>
    tab.evaluate(() => {
      const items = [...document.querySelectorAll(":is(ul, ol) > li")].filter((item) => !item.closest("nav, [aria-hidden]") && item.checkVisibility());
      const lost = items.filter((item) => {
        const { display, listStyleType } = getComputedStyle(item);
        return display !== "list-item" || listStyleType === "none";
      });
      return lost.map((item) => `is no item of a list: ${item.outerHTML.slice(0, 90)}`);
    }),
  );
});

look("home has two columns that begin where they begin, and four ways on in two rows", guide, TIMES, async ({ visit }) => {
  for (const address of ["", "es/"]) {
    const tab = await visit(address, WIDE);
    const edges = (selector) => tab.locator(selector).evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().left)));
    const [left, right] = [...(await edges("h1")), ...(await edges(".drawing"))];
    assert.deepEqual(new Set(await edges(".text h2, .text > ul, .text > .heading + p")), new Set([right]));
    assert.deepEqual(await edges(".route"), [left, right, left, right]);
    assert.ok((await tab.locator(".text > p").nth(1).boundingBox()).y - (await tab.locator(".actions").evaluate((one) => one.getBoundingClientRect().bottom)) > 20);
  }
});

look("text of twice the size fits, and none of it is cut off", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, {}, async (tab) => {
    const found = [];
    // As a reader's own setting does: every length in rem follows.
    await tab.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    for (const width of [1280, 640]) {
      await tab.setViewportSize({ width, height: 800 });
      found.push(await tooWide(tab), await clipped(tab));
    }
    return found;
  });
});

look("a reader may put more space between lines, paragraphs, words and letters", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, {}, async (tab) => {
    const found = [];
    // The measures of WCAG 2.2, 1.4.12.
    await restyle(tab, "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
    for (const width of [1280, 320]) {
      await tab.setViewportSize({ width, height: 800 });
      found.push(await tooWide(tab), await clipped(tab));
    }
    return found;
  });
});

/**
 * Presses Tab until the page has been walked through. The first stop leads past the header; each is in
 * sight and has an outline; the last lets go.
 */
async function walk(tab, address) {
  const found = [];
  const stop = () =>
    tab.evaluate(() => {
      const one = document.activeElement;
      if (one === document.body || one === document.documentElement) return null;
      window.stops ??= [];
      const number = window.stops.indexOf(one);
      if (number < 0) window.stops.push(one);
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
      const boxes = [...one.getClientRects()];
      // Of what is written in, browsers bring the line into sight that is written in.
      const style = getComputedStyle(one);
      const [edge, space, high, letters] = ["borderTopWidth", "paddingTop", "lineHeight", "fontSize"].map((name) => parseFloat(style[name]));
      // To the feet of the letters: half of what the line is higher than they lies below them.
      const line = edge + space + (high + letters) / 2;
      const needed = one.matches("textarea") ? line : innerHeight;
      const isSeen = boxes.some(({ left, right, top, bottom }) => {
        if (left >= innerWidth || right <= 0 || top < -1 || Math.min(bottom, top + needed) > innerHeight + 1) return false;
        // Nothing covers it, and it is not cut off.
        return one.contains(document.elementFromPoint((Math.max(left, 0) + Math.min(right, innerWidth)) / 2, (top + Math.min(bottom, innerHeight)) / 2));
      });
      return {
        name: `${one.tagName} ${one.className} "${one.textContent.trim().slice(0, 40)}"`,
        isNew: number < 0,
        isSkip: one.matches(".skip"),
        isSeen: isSeen && one.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
        isRinged: outlineStyle !== "none" && parseFloat(outlineWidth) >= 3 && !/, 0\)$/.test(outlineColor),
      };
    });

  await tab.keyboard.press("Tab");
  if (!(await stop())?.isSkip) found.push("the first stop is not the link to the main part");
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("Tab");
  const isPast = await tab.evaluate(() => !document.activeElement.closest(".site-header, .urgent-bar, .skip"));
  if (!isPast) found.push("the link to the main part does not lead past the header");

  await tab.goto("about:blank");
  await tab.goto(guide.url + address);
  const expected = await tab.evaluate(() => {
    const can = document.querySelectorAll("a[href], button, input, textarea, select, summary, [tabindex='0']");
    return [...can].filter((one) => one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true })).length;
  });
  let count = 0;
  for (;;) {
    await tab.keyboard.press("Tab");
    let at = await stop();
    if (!at) break;
    if (!at.isSeen) {
      // What came into the page at this moment moves it until the next frame only.
      await tab.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      at = { ...(await stop()), isNew: at.isNew };
    }
    if (!at.isNew) {
      // Some browsers begin again at the first stop.
      if (!at.isSkip) found.push(`comes back to ${at.name}`);
      break;
    }
    count += 1;
    if (!at.isSeen) found.push(`is out of sight: ${at.name}`);
    if (!at.isRinged) found.push(`has no outline: ${at.name}`);
  }
  if (count < expected) found.push(`${count} of ${expected} stops were reached`);
  return found;
}

look("the keyboard reaches everything, in sight and with an outline", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, {}, walk);
});

look("the keyboard does so on a narrow screen too, where things are put differently", guide, TIMES, async ({ site, visit }) => {
  const types = ["home", "a section", "a barrier", "the finder", "the comparison", "the sheet for a talk"];
  await each(visit, site, { viewport: { width: 400, height: 700 } }, walk, Object.fromEntries(types.map((type) => [type, TYPES[type]])));
});

look("forced colours leave the outline of the focus, and edges to buttons and boxes", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, { forcedColors: "active" }, async (tab) => {
    const found = await tab.evaluate(() => {
      const bare = (selector) =>
        [...document.querySelectorAll(selector)].filter((one) => {
          const { borderBlockStartStyle, borderBlockStartWidth } = getComputedStyle(one);
          return borderBlockStartStyle === "none" || parseFloat(borderBlockStartWidth) < 1;
        });
      return bare("button, .button, textarea, .card, .callout").map((one) => `has no border: ${one.outerHTML.slice(0, 120)}`);
    });
    // A link, a box to tick, a button: whatever there is of each kind.
    for (const selector of ["main a:not([tabindex])", "main input", "main button", "main textarea", "summary", ".table"]) {
      const one = tab.locator(selector).first();
      if (!(await one.count()) || !(await one.isVisible())) continue;
      await one.focus();
      const [style, width] = await one.evaluate((one) => [getComputedStyle(one).outlineStyle, parseFloat(getComputedStyle(one).outlineWidth)]);
      if (style === "none" || width < 3) found.push(`has no outline: ${selector}`);
    }
    return [found, await tooWide(tab)];
  });
});

look("without JavaScript the text and the links are all there, and no button is dead", guide, TIMES, async ({ site, visit }) => {
  const plain = await visit("", { javaScriptEnabled: false });
  const gist = (tab) =>
    tab.evaluate(() => {
      const main = document.querySelector("main").cloneNode(true);
      // What scripts add (tools, choices, what they found), and what is said to those who have none.
      for (const made of main.querySelectorAll("button, .tools, .filter, section:has(> [role=status]), script, noscript")) made.remove();
      const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      return {
        text: main.textContent.replace(/\s+/g, " ").trim(),
        links: [...document.querySelectorAll("main a[href]")].map((link) => link.href),
        hidden: [...document.querySelectorAll("main a[href]")].filter((link) => !link.closest("details, .map-picture, [hidden]") && !seen(link)).map((link) => link.href),
        // A form that leads somewhere works, and so does its button.
        buttons: [...document.querySelectorAll("button, [type=button], [type=submit], select, form")].filter((one) => !one.closest("form[action]")).map((one) => one.outerHTML),
      };
    });
  await each(visit, site, {}, async (tab, address) => {
    await plain.goto(site.url + address);
    const [without, withScripts] = [await gist(plain), await gist(tab)];
    // A word that a script took out of a heading of a table is still the same word.
    const words = new Set(without.text.split(" "));
    return [
      withScripts.text.split(" ").filter((word) => !words.has(word)).map((word) => `without JavaScript there is no "${word}"`),
      withScripts.links.filter((link) => !without.links.includes(link)).map((link) => `without JavaScript there is no link to ${link}`),
      without.hidden.map((link) => `cannot be seen: ${link}`),
      without.buttons.map((button) => `does nothing: ${button}`),
    ];
  });
});

look("on paper there is no navigation, and everything else", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, { viewport: { width: 720, height: 1000 } }, async (tab, address) => {
    await tab.emulateMedia({ media: "print" });
    return tab.evaluate((isSheet) => {
      const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      const found = [...document.querySelectorAll("nav, .skip, .tools, .exit, .copy-link, .filter")].filter(seen).map((one) => `is printed: ${one.outerHTML.slice(0, 80)}`);
      if (!seen(document.querySelector("h1"))) found.push("has no heading");
      // A sheet leaves out what is not to be filled in.
      if (!isSheet) {
        for (const one of document.querySelectorAll("main :is(p, li, td)")) {
          if (!one.closest("nav, .tools, .filter, [hidden], section:has(> [role=status])") && !seen(one)) found.push(`is not printed: ${one.textContent.slice(0, 60)}`);
        }
      }
      return found;
    }, SHEETS.includes(address));
  });
});

look("a sheet is one side of paper, of A4 and of Letter", guide, TIMES, async ({ site, visit }) => {
  const tab = await visit("");
  await through(tab, site, Object.fromEntries(SHEETS.map((page) => [page, page])), async () => {
    const found = [];
    for (const format of ["A4", "Letter"]) {
      const paper = await tab.pdf({ format, margin: { top: "14mm", right: "14mm", bottom: "14mm", left: "14mm" } });
      const sides = paper.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;
      if (sides !== 1) found.push(`${sides} sides of ${format}`);
    }
    return found;
  });
});

look("every paper says where urgent help is, by its whole address, and its numbers; a screen has links for that", guide, TIMES, async ({ site, visit }) => {
  await each(visit, site, { viewport: { width: 720, height: 1000 } }, async (tab, address) => {
    const bar = tab.locator(".urgent-bar");
    const whole = `https://guide.example/${address.startsWith("es/") ? "es/" : ""}urgent-help/`;
    const found = [];
    if ((await bar.innerText()).includes(whole)) found.push("shows the address on a screen");
    await tab.emulateMedia({ media: "print" });
    const text = await bar.innerText();
    for (const part of [whole, "999", "116 123"]) if (!text.includes(part)) found.push(`does not print ${part}`);
    await tab.emulateMedia({ media: "screen" });
    return found;
  });
});

// WCAG says nothing of paper; below 9 pt few can read a table.
look("a comparison on paper begins under its introduction, in print of 9 pt or more", guide, TIMES, async ({ visit }) => {
  const tab = await visit("compare/", { viewport: { width: 1017, height: 688 } });
  await tab.emulateMedia({ media: "print" });
  const [smallest, breaks] = await tab.evaluate(() => {
    const cells = [...document.querySelectorAll(".list-table :is(th, td, button)")];
    return [Math.min(...cells.map((cell) => parseFloat(getComputedStyle(cell).fontSize))), getComputedStyle(document.querySelector(".list-table")).breakBefore];
  });
  // 9 pt are 12 px.
  assert.ok(smallest >= 12, `${smallest} px`);
  assert.equal(breaks, "auto");
  const paper = await tab.pdf({ format: "A4", preferCSSPageSize: true });
  assert.ok(paper.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length <= 3);
});

look("Arabic runs from right to left, and axe finds nothing, on wide and narrow screens", clinic, TIMES, async ({ site, visit }) => {
  // Without what only leads on from an old address, or says that a page is gone.
  const arabic = site.pages().filter((page) => page.startsWith("ar/") && site.read(page).includes("site-name"));
  const pages = Object.fromEntries(arabic.map((page) => [page, page]));
  assert.ok(Object.keys(pages).length > 10);
  await through(await visit("ar/"), site, pages, async (tab) => {
    const found = [];
    for (const width of [1280, 320]) {
      await tab.setViewportSize({ width, height: 800 });
      found.push(await violations(tab), await tooWide(tab), await clipped(tab));
      found.push(
        await tab.evaluate(() => {
          const found = [];
          if (document.documentElement.dir !== "rtl" || getComputedStyle(document.body).direction !== "rtl") found.push("runs from left to right");
          const name = document.querySelector(".site-name").getBoundingClientRect();
          if (innerWidth - name.right > name.left) found.push("the name of the site stands on the left");
          return found;
        }),
      );
    }
    return found;
  });
});

look("a manual has its sections before the page, where they are read, and the first link leads past them", manual, TIMES, async ({ site, visit }) => {
  const tab = await visit("themes/views/");
  for (const width of [1280, 320]) {
    await tab.setViewportSize({ width, height: 640 });
    await tab.goto(`${site.url}themes/views/`);
    assert.deepEqual(await violations(tab), []);
    assert.ok(!(await isWide(tab)));
    const tree = tab.getByRole("navigation", { name: "All pages of this part" });
    assert.ok(await tree.evaluate((tree) => tree.compareDocumentPosition(document.querySelector("main")) & Node.DOCUMENT_POSITION_FOLLOWING));
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Tab");
    assert.ok(await tab.evaluate(() => Boolean(document.activeElement.closest("main"))));
    // On a narrow screen it is closed, so that the page begins on the first screen.
    const current = tree.locator("[aria-current]");
    assert.equal(await current.evaluate((link) => link.checkVisibility({ opacityProperty: true, contentVisibilityAuto: true })), width > 1000);
    assert.ok((await tab.locator("h1").boundingBox()).y < 640);
    if (width < 1000) await tree.getByText("All pages of this part").click();
    await current.click();
  }
});
