// A page comes quickly over a slow line, and stands still when it has come.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { guide, look } from "./built.js";
import { until } from "./helper.js";

/** As a static host sends it: brotli at its default quality, which is 11. */
const sent = (bytes) => brotliCompressSync(bytes).length;
const total = (sizes) => sizes.reduce((sum, size) => sum + size, 0);

// The page that people come to most, and the two that need a script of their own.
for (const address of ["barriers/expectations/", "finder/", "compare/"]) {
  look(`/${address} takes at most six requests and, its text, looks and scripts together, 40 kB`, guide, async ({ site, visit }) => {
    const tab = await visit("404.html");
    // The page that was left must not have put anything into the cache.
    await tab.context().clearCookies();
    const fresh = await tab.context().newPage();
    const cdp = await tab.context().newCDPSession(fresh);
    await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
    const answers = [];
    fresh.on("response", (response) => answers.push(response));
    await fresh.goto(site.url + address, { waitUntil: "networkidle" });
    const names = answers.map((answer) => new URL(answer.url()).pathname);
    assert.ok(answers.length <= 6, names.join(" "));
    assert.ok(answers.every((answer) => answer.status() === 200));
    const counted = answers.filter((answer) => /html|css|javascript/.test(answer.headers()["content-type"]));
    assert.ok(counted.length >= 3, "a page, its looks and a script were sent");
    const sizes = counted.map((answer) => sent(site.read(new URL(answer.url()).pathname.slice(1))));
    assert.ok(total(sizes) <= 40_000, `${total(sizes)} bytes: ${counted.map((answer, at) => `${answer.url()} ${sizes[at]}`).join(", ")}`);
  });
}

look("all scripts of the theme together weigh less than 15 kB", guide, async ({ site }) => {
  const folder = path.join(site.folder, "assets");
  const scripts = fs.readdirSync(folder).filter((file) => file.endsWith(".js"));
  assert.ok(scripts.length >= 4);
  const size = total(scripts.map((file) => sent(fs.readFileSync(path.join(folder, file)))));
  assert.ok(size < 15_000, `${size} bytes`);
});

for (const [name, viewport] of Object.entries({ wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 640 } })) {
  look(`nothing moves while a page comes: ${name}`, guide, async ({ site, visit }) => {
    const tab = await visit("404.html", { viewport });
    await tab.context().addInitScript(() => {
      window.shifts = [];
      const observer = new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries()) window.shifts.push([value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 80))]);
      });
      observer.observe({ type: "layout-shift", buffered: true });
    });
    // Scripts come late over a slow line: what they do to a page that is already there is what counts.
    await tab.route("**/*.js", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      await route.continue();
    });
    for (const address of ["", "barriers/expectations/", "finder/", "compare/", "talking-to-your-therapist/"]) {
      await tab.goto(site.url + address, { waitUntil: "networkidle" });
      // Scripts have done their work, and it has been painted.
      if (address === "finder/") await until("there are boxes to tick", async () => (await tab.locator("main input").count()) > 0);
      await tab.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 100)))));
      const shifts = await tab.evaluate(() => window.shifts);
      // The boxes to choose rows by are put above a table that may already be on the screen: a little is let pass.
      if (address === "compare/") assert.ok(total(shifts.map(([value]) => value)) <= 0.03, JSON.stringify(shifts));
      else assert.deepEqual(shifts, [], address);
    }
  });
}
