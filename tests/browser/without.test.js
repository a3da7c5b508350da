// What `serve` adds is only there while a site is written: pages are whole without it.
import assert from "node:assert/strict";
import { story } from "./helper.js";

story("without JavaScript the page is complete, and so is the desk", async ({ visit }) => {
  const page = await visit("walks/canal/", { javaScriptEnabled: false });
  for (const words of ["The path is muddy in winter.", "herons", "Ada Field", "Dogs are welcome on a lead."]) {
    assert.ok(await page.getByText(words).first().isVisible(), words);
  }
  await page.getByText("What it costs").click();
  assert.ok(await page.getByText("The bus home costs two pounds.").isVisible());
  const desk = await visit("__guidewright/todo", { javaScriptEnabled: false });
  assert.ok(await desk.getByText(/still a placeholder/).isVisible());
});

story("nothing of serve is in what is published", { serve: false }, async ({ site }) => {
  const output = site.build();
  assert.ok(output.has("walks/canal/index.html"));
  for (const [file, text] of output) assert.ok(!text.includes("__guidewright"), file);
});

story("what is served is what is published, but for one script", async ({ site }) => {
  const output = site.build();
  for (const address of ["", "shoes/", "walks/canal/"]) {
    const served = await (await fetch(site.url + address)).text();
    const script = /<script src="\/__guidewright\/reload\.js" data-version="[^"]+" defer><\/script>\n/;
    assert.match(served, script);
    assert.equal(served.replace(script, ""), output.get(`${address}index.html`));
  }
});

story("a printed page has no banner on it", async ({ site, visit }) => {
  const page = await visit("walks/canal/");
  site.edit("content/walks/canal.md", "muddy", "muddy [[nowhere]]");
  const region = page.getByRole("region", { name: /1 problem/ });
  await region.waitFor();
  await page.emulateMedia({ media: "print" });
  assert.ok(!(await region.isVisible()));
});
