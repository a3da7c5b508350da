// The desk at /__guidewright/ tells of the whole site.
import assert from "node:assert/strict";
import { BROKEN, isMarked, mark, story } from "./helper.js";

story("the list of problems is up to date while it is looked at", async ({ site, visit }) => {
  const page = await visit("__guidewright/");
  await page.getByText("Nothing is wrong.").waitFor();
  const text = site.read("content/shoes.md");
  site.write("content/shoes.md", BROKEN);
  await page.getByRole("heading", { name: "1 error" }).waitFor();
  await page.getByRole("heading", { name: "content/shoes.md" }).waitFor();
  const link = await page.getByRole("link", { name: "line 2" }).getAttribute("href");
  assert.match(link, /^vscode:\/\/file\/.*\/content\/shoes\.md:2:\d+$/);
  // The page still stands where it stood.
  await page.getByRole("link", { name: "/shoes/" }).first().click();
  await page.getByText("Any shoe that does not slip will do.").waitFor();
  await page.goBack();
  site.write("content/shoes.md", text);
  await page.getByText("Nothing is wrong.").waitFor();
});

story("a page of the desk that shows the same is left alone", async ({ site, visit }) => {
  const desk = await visit("__guidewright/");
  const shoes = await visit("shoes/", { beside: desk });
  await mark(desk);
  site.edit("content/shoes.md", "slip", "slide");
  await shoes.getByText("slide").waitFor();
  await desk.waitForTimeout(300);
  assert.ok(await isMarked(desk));
});

story("what is left to do stands by the file that it is in", async ({ visit }) => {
  const page = await visit("__guidewright/");
  await page.getByRole("link", { name: /to do/ }).last().click();
  await page.getByRole("heading", { name: "guide.yaml" }).waitFor();
  await page.getByText(/still a placeholder/).waitFor();
});

story("the register of reviews tells who looked at a page, and when it is due", async ({ visit }) => {
  const page = await visit("__guidewright/review");
  const row = page.getByRole("row", { name: /Shoes/ });
  await row.getByRole("cell", { name: "2026-11-20 by Ada Field" }).waitFor();
  await row.getByRole("cell", { name: "2027-11-20" }).waitFor();
  await page.getByRole("row", { name: "Up the hill not yet 2027-01-20" }).waitFor();
});

story("the relations are listed by name, and both ends lead to their pages", async ({ visit }) => {
  const page = await visit("__guidewright/relations");
  await page.getByRole("region", { name: "led_by: 2" }).waitFor();
  await page.getByRole("link", { name: "Along the canal" }).click();
  await page.getByText("The path is muddy in winter.").waitFor();
});

story("a page's inputs are the files and pages that it is made from", async ({ site, visit }) => {
  const page = await visit("__guidewright/inputs");
  await page.getByRole("link", { name: "Along the canal" }).click();
  await page.getByRole("heading", { name: "Along the canal" }).waitFor();
  await page.getByRole("link", { name: "content/walks/canal.md" }).waitFor();
  const inputs = page.getByRole("main");
  await inputs.getByRole("link", { name: "Ada Field" }).waitFor();
  // It too follows what is written.
  site.edit("content/people/ada.md", "title: Ada Field", "title: Ada Meadow");
  await inputs.getByRole("link", { name: "Ada Meadow" }).waitFor();
});
