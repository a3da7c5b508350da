// A page that was never without faults has no last good version to show.
import assert from "node:assert/strict";
import { BROKEN, isMarked, mark, story } from "./helper.js";

const NEW = "content/walks/coast.md";
// The page is answered with status 500, which a browser writes into its console.
const allow = /status of 500/;

story("a page that is faulty from the start says so, and appears by itself", { files: { [NEW]: BROKEN }, allow }, async ({ site, visit }) => {
  const page = await visit("walks/coast/");
  await page.getByRole("heading", { name: "This page cannot be shown yet" }).waitFor();
  await page.getByRole("heading", { name: NEW }).waitFor();
  await page.getByRole("link", { name: "line 2" }).waitFor();
  site.write(NEW, "---\ntitle: Along the coast\nsummary: Windy.\n---\nBring a hat.\n");
  await page.getByText("Bring a hat.").waitFor();
});

story("until then it rests", { files: { [NEW]: BROKEN }, allow }, async ({ site, visit }) => {
  const page = await visit("walks/coast/");
  await mark(page);
  site.edit("content/shoes.md", "slip", "slide");
  await page.waitForTimeout(1000);
  assert.ok(await isMarked(page), "it is not loaded again and again");
});

story("and tells of another fault as soon as there is another", { files: { [NEW]: BROKEN }, allow }, async ({ site, visit }) => {
  const page = await visit("walks/coast/");
  site.write(NEW, "---\ntitle: Coast\nsummary: 'Windy\n---\n");
  await page.getByRole("link", { name: "line 3" }).waitFor();
});

story("a site whose guide.yaml never could be read says so", { files: { "guide.yaml": "title: [" }, allow }, async ({ site, visit }) => {
  const page = await visit("");
  await page.getByRole("heading", { name: "This page cannot be shown yet" }).waitFor();
  site.write("guide.yaml", "title: The walking group\nbase_url: https://walks.example/\n");
  await page.getByText("Come to the canal").waitFor();
});
