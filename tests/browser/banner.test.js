// What is wrong with a page is said over that page, in words, and goes when it is mended.
import assert from "node:assert/strict";
import { banner, BROKEN, isMarked, mark, story, until } from "./helper.js";

const CANAL = "content/walks/canal.md";
const isGone = (page) => until("the banner is gone", async () => !(await banner(page).isVisible()));
/** Keeps everything that a screen reader would be told from now on, over reloads too. */
const listen = async (page) => {
  const heard = [];
  await page.exposeFunction("heard", (words) => heard.push(words));
  const watch = () =>
    addEventListener("DOMContentLoaded", () => {
      const find = () => [...document.body.children].map((one) => one.shadowRoot?.querySelector("[role=status]")).find(Boolean);
      const status = find();
      if (status.textContent) window.heard(status.textContent);
      new MutationObserver(() => window.heard(status.textContent)).observe(status, { childList: true });
    });
  await page.addInitScript(watch);
  await page.reload();
  return heard;
};

story("a fault is told with its file, line, words, remedy and a link into the editor", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  site.edit(CANAL, "[the hill](hill.md)", "[the hill](hil.md)");
  const region = banner(page);
  await region.getByRole("heading", { name: "1 problem" }).waitFor();
  await region.getByText(/hil\.md/).first().waitFor();
  await region.getByText(/Did you mean/).waitFor();
  const link = region.getByRole("link", { name: /content\/walks\/canal\.md, line \d+/ });
  assert.match(await link.getAttribute("href"), /^vscode:\/\/file\/.*\/content\/walks\/canal\.md:\d+:\d+$/);
  await region.getByRole("link", { name: "All problems of the site" }).click();
  await page.getByRole("heading", { level: 1, name: "Problems" }).waitFor();
});

story("the last good page stays beneath, and the banner goes when the fault is mended", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  const text = site.read(CANAL);
  await mark(page);
  site.write(CANAL, BROKEN);
  await banner(page).getByText("You see the page as it was before").waitFor();
  assert.ok(await page.getByText("The path is muddy in winter.").isVisible());
  assert.ok(await isMarked(page), "nothing was loaded again");
  site.write(CANAL, text);
  await isGone(page);
  assert.ok(await isMarked(page), "and nothing had to be now");
});

story("whoever comes to a broken page sees its last good version too", async ({ site, visit }) => {
  const first = await visit("walks/canal/");
  site.write(CANAL, BROKEN);
  await banner(first).waitFor();
  const page = await visit("walks/canal/");
  await banner(page).waitFor();
  assert.ok(await page.getByText("The path is muddy in winter.").isVisible());
});

story("a fault on another page is none of this one's business", async ({ site, visit }) => {
  const shoes = await visit("shoes/");
  const canal = await visit("walks/canal/", { beside: shoes });
  site.write(CANAL, BROKEN);
  await banner(canal).waitFor();
  assert.ok(!(await banner(shoes).isVisible()));
});

story("the keyboard reaches the banner, hides it, and is back where it was", async ({ site, visit }) => {
  const page = await visit("shoes/");
  const link = page.getByRole("contentinfo").getByRole("link").last();
  const main = page.getByRole("main");
  site.write("content/shoes.md", BROKEN);
  await banner(page).waitFor();
  const start = (await link.count()) ? link : main;
  await start.focus();
  const focused = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.textContent);
  for (let press = 0; press < 5 && (await focused()) !== "Hide"; press++) await page.keyboard.press("Tab");
  assert.equal(await focused(), "Hide");
  await page.keyboard.press("Enter");
  await isGone(page);
  assert.ok(await start.evaluate((start) => start === document.activeElement), "the focus is where it came from");
});

story("Escape hides it too", async ({ site, visit }) => {
  const page = await visit("shoes/");
  site.write("content/shoes.md", BROKEN);
  await banner(page).getByRole("button", { name: "Hide" }).focus();
  await page.keyboard.press("Escape");
  await isGone(page);
});

story("a hidden banner stays hidden for the same faults and comes back for new ones", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  site.edit(CANAL, "muddy", "muddy [[nowhere]]");
  await banner(page).getByRole("button", { name: "Hide" }).click();
  // The same fault, a few lines further down.
  site.edit(CANAL, "The path", "Mind the ducks.\n\nThe path");
  await page.waitForTimeout(500);
  assert.ok(!(await banner(page).isVisible()), "it is still hidden");
  await page.reload();
  await page.waitForTimeout(500);
  assert.ok(!(await banner(page).isVisible()), "it is after a reload by hand");
  site.edit(CANAL, "muddy", "muddy [[nobody]]");
  await banner(page).getByRole("heading", { name: "2 problems" }).waitFor();
});

story("it is announced once, and so is that it is mended", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  const heard = await listen(page);
  site.edit(CANAL, "muddy", "muddy [[nowhere]]");
  await until("it is announced", () => heard.length === 1);
  assert.match(heard[0], /^1 problem/);
  // The page is loaded again with the same fault in it: nobody has to hear of it twice.
  await page.reload();
  await banner(page).waitFor();
  await page.waitForTimeout(300);
  assert.equal(heard.length, 1);
  site.edit(CANAL, " [[nowhere]]", "");
  await until("that it is mended is announced", () => heard.length === 2);
  assert.match(heard[1], /^Mended/);
});

story("a file that is found half written is not told of", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  const heard = await listen(page);
  await page.waitForTimeout(300);
  const text = site.read(CANAL);
  // Some editors empty a file before they write it; the pause is longer than the server's patience.
  site.write(CANAL, "");
  await page.waitForTimeout(150);
  site.write(CANAL, text.replace("muddy", "dry"));
  await page.getByText("The path is dry in winter.").waitFor();
  await page.waitForTimeout(400);
  assert.deepEqual(heard, []);
});

story("a page without faults says nothing, whatever was wrong with the one before it", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  const heard = await listen(page);
  site.write(CANAL, BROKEN);
  await banner(page).waitFor();
  await page.goto(site.url + "shoes/");
  await page.waitForTimeout(400);
  assert.equal(heard.length, 1, heard.join());
});

story("guide.yaml that cannot be read is told on every page, and the site stays", async ({ site, visit }) => {
  const shoes = await visit("shoes/");
  const canal = await visit("walks/canal/", { beside: shoes });
  const settings = site.read("guide.yaml");
  site.write("guide.yaml", "title: [");
  for (const page of [shoes, canal]) {
    await banner(page).getByText(/guide\.yaml/).waitFor();
    assert.ok(await page.getByRole("main").isVisible());
  }
  await shoes.goto(site.url + "walks/hill/");
  await shoes.getByText("Go slowly.").waitFor();
  site.write("guide.yaml", settings);
  await isGone(shoes);
  await isGone(canal);
});

story("words from a page are words in the banner, whatever they look like", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  site.edit(CANAL, "muddy", "muddy [[<img src=x onerror=alert(1)>]]");
  await banner(page).getByText(/<img src=x/).first().waitFor();
  assert.equal(await banner(page).locator("img").count(), 0);
});

story("of many faults the first five are shown, and where the others are", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  site.edit(CANAL, "muddy", "muddy [[one]] [[two]] [[three]] [[four]] [[five]] [[six]] [[seven]]");
  await banner(page).getByRole("heading", { name: "7 problems" }).waitFor();
  assert.equal(await banner(page).getByRole("listitem").count(), 5);
  await banner(page).getByRole("link", { name: "2 more, and all of the site" }).click();
  await page.getByRole("heading", { name: "7 errors" }).waitFor();
});
