// Everybody can use the desk and the banner: axe-core's rules (WCAG 2.2 A and AA, best practice and the
// AAA contrast that the house asks for), narrow screens, large text, forced colours, less motion.
import assert from "node:assert/strict";
import { isWide, violations } from "./checks.js";
import { banner, BROKEN, story } from "./helper.js";

// Where there is something to show everywhere: faults in a page and in the settings of a list, a page
// that cannot be shown, things to do.
const files = { "content/walks/coast.md": BROKEN, "content/people/ben.md": "---\ntitle: Ben\nsummary: New.\n---\n[[nowhere]]\n" };
const PAGES = {
  "the list of problems": "__guidewright/",
  "the list of what is to do": "__guidewright/todo",
  "the register of reviews": "__guidewright/review",
  "the relations": "__guidewright/relations",
  "the choice of a page": "__guidewright/inputs",
  "the inputs of a page": "__guidewright/inputs?page=%2Fwalks%2Fcanal%2F",
  "a page that cannot be shown yet": "walks/coast/",
  "a page with a banner": "walks/canal/",
};
const LOOKS = {
  "wide and light": { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  "narrow and light": { viewport: { width: 320, height: 640 }, colorScheme: "light" },
  "wide and dark": { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  "narrow and dark": { viewport: { width: 320, height: 640 }, colorScheme: "dark" },
};
const allow = /status of 500/;

/** Opens each page, the banner with it where there is to be one. */
async function each(site, visit, look, act) {
  const first = await visit("", look);
  await breakCanal(site, first, "walks/canal/");
  for (const [name, address] of Object.entries(PAGES)) {
    await first.goto(site.url + address);
    if (name.includes("banner")) await banner(first).waitFor();
    await act(first, name);
  }
}
async function breakCanal(site, page, address) {
  await page.goto(site.url + address);
  site.edit("content/walks/canal.md", "muddy", "muddy [[hil]] [[nowhere]]");
  await banner(page).waitFor();
}

for (const [look, options] of Object.entries(LOOKS)) {
  story(`axe finds nothing, and nothing scrolls sideways: ${look}`, { files, allow }, async ({ site, visit }) => {
    await each(site, visit, options, async (page, name) => {
      assert.deepEqual(await violations(page), [], name);
      assert.ok(!(await isWide(page)), `${name} is too wide`);
    });
  });
}

story("text of twice the size still fits a narrow screen", { files, allow }, async ({ site, visit }) => {
  await each(site, visit, { viewport: { width: 320, height: 640 } }, async (page, name) => {
    // As a reader's own setting does: every length in rem follows.
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    assert.ok(!(await isWide(page)), `${name} is too wide`);
  });
});

story("the banner never takes more than half of the screen, and all of it can be reached", { files, allow }, async ({ site, visit }) => {
  const page = await visit("", { viewport: { width: 320, height: 640 } });
  await breakCanal(site, page, "walks/canal/");
  const box = await banner(page).boundingBox();
  assert.ok(box.height <= 320, `${box.height} px`);
  assert.ok(Math.abs(box.y + box.height - 640) < 1, "it stands at the foot of the screen");
  const last = banner(page).getByRole("link").last();
  await last.focus();
  assert.ok((await last.boundingBox()).y < 640);
  // The end of the page can be read above it.
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  const footer = await page.getByRole("contentinfo").boundingBox();
  const top = (await banner(page).boundingBox()).y;
  assert.ok(footer.y + footer.height <= top + 1, "the banner covers nothing of the footer");
});

story("what takes the focus is not hidden behind the banner", { files, allow }, async ({ site, visit }) => {
  const page = await visit("", { viewport: { width: 800, height: 500 } });
  await breakCanal(site, page, "walks/canal/");
  await page.evaluate(() => scrollTo(0, 0));
  for (let press = 0; press < 30; press++) {
    await page.keyboard.press("Tab");
    const covered = await page.evaluate(() => {
      const active = document.activeElement;
      if (active === document.body || active.shadowRoot) return null;
      const top = document.body.lastElementChild.getBoundingClientRect().top;
      const { bottom } = active.getBoundingClientRect();
      return bottom > top + 1 ? active.outerHTML : null;
    });
    assert.equal(covered, null);
  }
});

story("with forced colours the banner and its button keep their edges, the current page its mark", { files, allow }, async ({ site, visit }) => {
  const page = await visit("", { forcedColors: "active" });
  await breakCanal(site, page, "walks/canal/");
  const edge = (locator, side) => locator.evaluate((one, side) => getComputedStyle(one)[`border${side}Width`], side);
  assert.notEqual(await edge(banner(page), "Top"), "0px");
  const button = banner(page).getByRole("button");
  assert.notEqual(await edge(button, "Top"), "0px");
  await button.focus();
  assert.notEqual(await button.evaluate((one) => getComputedStyle(one).outlineStyle), "none");
  await page.goto(site.url + "__guidewright/");
  assert.notEqual(await edge(page.locator("nav [aria-current]"), "Bottom"), "0px");
});

story("nothing moves, for those who asked for less motion and for all others", { files, allow }, async ({ site, visit }) => {
  await each(site, visit, { reducedMotion: "reduce" }, async (page, name) => {
    assert.equal(await page.evaluate(() => document.getAnimations({ subtree: true }).length), 0, name);
  });
});

story("a banner speaks English, from left to right, on a page of any language", { files, allow }, async ({ site, visit }) => {
  site.edit("guide.yaml", "theme: walkers", "language: ar\ntheme: walkers");
  const page = await visit("");
  await page.locator("html[dir=rtl]").waitFor();
  await breakCanal(site, page, "walks/canal/");
  const spoken = await banner(page).evaluate((region) => {
    const { lang, dir } = region.getRootNode().host;
    return [lang, dir, getComputedStyle(region).direction];
  });
  assert.deepEqual(spoken, ["en", "ltr", "ltr"]);
});
