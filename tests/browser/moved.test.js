// Pages that go, and the tabs that they stand open in.
import assert from "node:assert/strict";
import { banner, isMarked, mark, story, until } from "./helper.js";

story("a page that is renamed takes its open tab along", async ({ site, visit }) => {
  const page = await visit("shoes/");
  site.edit("content/index.md", "shoes.md", "boots.md");
  site.edit("guide.yaml", "people, shoes", "people, boots");
  site.rename("content/shoes.md", "content/boots.md");
  await page.waitForURL("**/boots/");
  await page.getByText("Any shoe that does not slip will do.").waitFor();
});

story("a page that is deleted says so, and shows the way home", async ({ site, visit }) => {
  const page = await visit("shoes/");
  await mark(page);
  site.edit("content/index.md", "[shoes](shoes.md)", "shoes");
  site.edit("guide.yaml", ", shoes]", "]");
  site.remove("content/shoes.md");
  await banner(page).getByRole("heading", { name: "This page is not part of the site any more" }).waitFor();
  assert.ok(await isMarked(page), "what was there can still be read");
  // Whatever else is written does not make it forget.
  const settings = site.read("guide.yaml");
  for (const text of ["title: [", settings]) {
    site.write("guide.yaml", text);
    await page.waitForTimeout(500);
    assert.ok(await banner(page).getByText("not part of the site").isVisible());
  }
  await banner(page).getByRole("link", { name: "To the first page" }).click();
  await page.getByRole("heading", { level: 1, name: "The walking group" }).waitFor();
});

story("a page that comes back after it was deleted is shown again", async ({ site, visit }) => {
  const page = await visit("walks/hill/");
  const text = site.read("content/walks/hill.md");
  site.edit("content/index.md", "[the hill](walks/hill.md)", "the hill");
  site.edit("content/walks/canal.md", "[the hill](hill.md)", "the hill");
  site.remove("content/walks/hill.md");
  await banner(page).waitFor();
  site.write("content/walks/hill.md", text.replace("Go slowly.", "Slowly now."));
  await page.getByText("Slowly now.").waitFor();
  await until("the banner is gone", async () => !(await banner(page).isVisible()));
});
