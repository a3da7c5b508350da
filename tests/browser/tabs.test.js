// One connection for each tab that is looked at, none for those that are not.
import assert from "node:assert/strict";
import { banner, BROKEN, isMarked, mark, story, until } from "./helper.js";

/** The streams of a page that are open just now. */
const streams = (page) => {
  const open = new Set();
  const isStream = (request) => request.url().includes("/__guidewright/events");
  page.on("request", (request) => isStream(request) && open.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => open.delete(request));
  return open;
};
/** Puts a tab into the background, or takes it out: the tests' browser has no window to do so with. */
const turn = (page, hidden) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

story("a tab holds one connection, whatever happens to its page", async ({ site, visit }) => {
  const page = await visit("shoes/");
  const open = streams(page);
  await page.reload();
  await until("it is connected", () => open.size === 1);
  for (const word of ["slide", "skid", "slither"]) {
    site.write("content/shoes.md", `---\ntitle: Shoes\nsummary: For feet.\n---\nThey do not ${word}.\n`);
    await page.getByText(`They do not ${word}.`).waitFor();
    await until("it is connected again", () => open.size === 1);
  }
  await page.goto(site.url + "walks/");
  await page.goBack();
  await page.getByText("slither").waitFor();
  await until("the page before has let go of its own", () => open.size === 1);
});

story("a hidden tab lets go of it, and catches up when it is looked at", async ({ site, visit }) => {
  const page = await visit("shoes/");
  const open = streams(page);
  await page.reload();
  await until("it is connected", () => open.size === 1);
  await turn(page, true);
  await until("it has let go", () => open.size === 0);
  await mark(page);
  site.edit("content/shoes.md", "slip", "slide");
  await page.waitForTimeout(600);
  assert.ok(await isMarked(page), "nobody looks, so nothing happens");
  await turn(page, false);
  await page.getByText("Any shoe that does not slide will do.").waitFor();
  await until("it is connected again", () => open.size === 1);
});

story("a fault that came while a tab was hidden is told when it is looked at", async ({ site, visit }) => {
  const page = await visit("shoes/");
  await turn(page, true);
  site.write("content/shoes.md", BROKEN);
  await page.waitForTimeout(600);
  assert.ok(!(await banner(page).isVisible()));
  await turn(page, false);
  await banner(page).waitFor();
});

story("a page that was renamed while nobody looked takes its tab along when it is looked at", async ({ site, visit }) => {
  const page = await visit("shoes/");
  await turn(page, true);
  site.edit("content/index.md", "shoes.md", "boots.md");
  site.edit("guide.yaml", "people, shoes", "people, boots");
  site.rename("content/shoes.md", "content/boots.md");
  await page.waitForTimeout(600);
  await turn(page, false);
  await page.waitForURL("**/boots/");
});

story("two tabs on two pages each hear of their own", async ({ site, visit }) => {
  const shoes = await visit("shoes/");
  const hill = await visit("walks/hill/", { beside: shoes });
  site.edit("content/shoes.md", "slip", "slide");
  await shoes.getByText("slide").waitFor();
  site.edit("content/walks/hill.md", "Go slowly.", "Take your time.");
  await hill.getByText("Take your time.").waitFor();
});

story("more tabs than a browser has connections are all up to date once they are looked at", async ({ site, visit }) => {
  const tabs = [await visit("shoes/")];
  for (let i = 1; i < 9; i++) {
    await turn(tabs.at(-1), true);
    tabs.push(await visit("shoes/", { beside: tabs[0] }));
  }
  site.edit("content/shoes.md", "slip", "slide");
  await tabs.at(-1).getByText("slide").waitFor();
  for (const tab of tabs) {
    await turn(tab, false);
    await tab.getByText("slide").waitFor();
    await turn(tab, true);
  }
});

// A server that is not there is an error in the console that nobody can help.
const allow = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET/;

story("a tab finds a server that was stopped and started again, and catches up", { allow }, async ({ site, visit }) => {
  const page = await visit("shoes/");
  await mark(page);
  await site.stop();
  await page.waitForTimeout(300);
  assert.ok(await page.getByText("Any shoe that does not slip will do.").isVisible(), "the page stays");
  site.edit("content/shoes.md", "slip", "slide");
  await site.restart();
  await page.getByText("Any shoe that does not slide will do.").waitFor();
});

story("and leaves a page alone that is still the same", { allow }, async ({ site, visit }) => {
  const shoes = await visit("shoes/");
  const desk = await visit("__guidewright/", { beside: shoes });
  await mark(shoes);
  await mark(desk);
  await site.stop();
  const open = streams(shoes);
  await site.restart();
  await until("it is connected again", () => open.size === 1);
  await shoes.waitForTimeout(1500);
  assert.ok(await isMarked(shoes), "the page");
  assert.ok(await isMarked(desk), "and the desk");
});
