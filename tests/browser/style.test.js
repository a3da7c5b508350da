// A new style is put on a page that stays.
import assert from "node:assert/strict";
import { isMarked, mark, story, until } from "./helper.js";

const SHEET = "themes/walkers/css/walkers.css";
const spacing = (page) => page.locator(".lede").evaluate((lede) => getComputedStyle(lede).letterSpacing);
const sheets = (page) => page.evaluate(() => document.querySelectorAll('link[rel="stylesheet"]').length);

story("a style that is edited is put on without a reload", async ({ site, visit }) => {
  const page = await visit("shoes/");
  await mark(page);
  site.edit(SHEET, "1px", "3px");
  await until("the new style is there", async () => (await spacing(page)) === "3px");
  await until("the old sheet is gone", async () => (await sheets(page)) === 1);
  assert.ok(await isMarked(page), "the page is the one it was");
});

story("the page never stands bare while its style changes", async ({ site, visit }) => {
  const page = await visit("shoes/");
  await mark(page);
  // The base theme takes the margin of the body away: where it is not zero, no sheet is in force.
  await page.evaluate(() => {
    window.bare = 0;
    const look = () => {
      if (getComputedStyle(document.body).marginTop !== "0px") window.bare++;
      requestAnimationFrame(look);
    };
    look();
  });
  // The new sheet takes its time, as it would over a slow network.
  await page.route("**/assets/style.*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  site.edit(SHEET, "1px", "4px");
  await until("the new style is there", async () => (await spacing(page)) === "4px");
  assert.equal(await page.evaluate(() => window.bare), 0);
  assert.ok(await isMarked(page), "the page is the one it was");
});

story("of two styles in a row the last one wins, whichever comes first", async ({ site, visit }) => {
  const page = await visit("shoes/");
  await mark(page);
  const slow = [];
  await page.route("**/assets/style.*", async (route) => {
    // The first new sheet is held back until the second is in force.
    if (slow.push(route) > 1) await route.continue();
  });
  site.edit(SHEET, "1px", "5px");
  await until("the first sheet is asked for", () => slow.length === 1);
  site.edit(SHEET, "5px", "6px");
  await until("the second style is there", async () => (await spacing(page)) === "6px");
  await slow[0].fulfill({ contentType: "text/css", body: ".lede { letter-spacing: 5px; }" }).catch(() => {});
  await until("one sheet is left", async () => (await sheets(page)) === 1);
  assert.equal(await spacing(page), "6px");
  assert.ok(await isMarked(page), "the page is the one it was");
});
