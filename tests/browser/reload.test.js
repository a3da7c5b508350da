// What an editor writes is seen at once, and whoever reads it keeps their place.
import assert from "node:assert/strict";
import { isMarked, mark, story, until } from "./helper.js";

story("a saved word appears without the editor's hand", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  site.edit("content/walks/canal.md", "muddy", "dry");
  await page.getByText("The path is dry in winter.").waitFor();
});

story("scroll position, focus and what was opened outlive a reload", async ({ site, visit }) => {
  const page = await visit("walks/canal/", { viewport: { width: 800, height: 400 } });
  await page.getByText("What it costs").click();
  const link = page.getByRole("main").getByRole("link", { name: "the hill", exact: true });
  await link.focus();
  await page.evaluate(() => scrollTo(0, 500));
  site.edit("content/walks/canal.md", "muddy", "dry");
  await page.getByText("The path is dry in winter.").waitFor();
  await until("the place is found again", () => page.evaluate(() => scrollY === 500));
  assert.ok(await link.evaluate((link) => link === document.activeElement), "the link has the focus");
  assert.ok(await page.locator("details").evaluate((details) => details.open), "the box is open");
});

story("scroll position is kept to the pixel over many reloads, with a banner and without", async ({ site, visit }) => {
  const page = await visit("walks/canal/", { viewport: { width: 800, height: 400 } });
  await page.evaluate(() => scrollTo(0, 300));
  site.edit("content/walks/canal.md", "muddy", "round 0 [[nowhere]]");
  for (let round = 0; round < 5; round++) {
    site.edit("content/walks/canal.md", `round ${round}`, `round ${round + 1}`);
    if (round === 2) site.edit("content/walks/canal.md", " [[nowhere]]", "");
    if (round >= 2) await page.getByText(`round ${round + 1}`).waitFor();
    await until("the place is found again", () => page.evaluate(() => scrollY === 300));
  }
});

story("a page that did not change is left alone while another is edited", async ({ site, visit }) => {
  const shoes = await visit("shoes/");
  const hill = await visit("walks/hill/", { beside: shoes });
  await mark(shoes);
  site.edit("content/walks/hill.md", "Go slowly.", "Take your time.");
  await hill.getByText("Take your time.").waitFor();
  assert.ok(await isMarked(shoes), "the page of the shoes is the one it was");
});

story("a page that shows another's title is up to date when that changes", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  site.edit("content/people/ada.md", "title: Ada Field", "title: Ada Meadow");
  await page.getByRole("link", { name: "Ada Meadow" }).waitFor();
});

story("the page that tells of a missing page gives way once it is written", { allow: /404/ }, async ({ site, visit }) => {
  const page = await visit("walks/coast/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  site.write("content/walks/coast.md", "---\ntitle: Along the coast\nsummary: Windy.\n---\nBring a hat.\n");
  await page.getByRole("heading", { name: "Along the coast" }).waitFor();
});

const below = "title: The walking group\nbase_url: https://clubs.example/walkers/\ntheme: walkers\n";
story("a site that lives below a path is kept up to date there", { files: { "guide.yaml": below } }, async ({ site, visit }) => {
  assert.ok(site.url.endsWith("/walkers/"));
  const page = await visit("shoes/");
  site.edit("content/shoes.md", "slip", "slide");
  await page.getByText("Any shoe that does not slide will do.").waitFor();
});

const café = { "content/walks/café.md": "---\ntitle: The café\nsummary: Tea.\nslug: café\n---\nIt opens at nine.\n" };
story("so is a page whose address is not plain letters", { files: café }, async ({ site, visit }) => {
  const page = await visit("walks/");
  await page.getByRole("link", { name: "The café" }).click();
  await page.getByText("It opens at nine.").waitFor();
  site.edit("content/walks/café.md", "nine", "ten");
  await page.getByText("It opens at ten.").waitFor();
});
