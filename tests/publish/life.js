// The life of a published site, which is the same wherever it lies: it comes, stays, changes, shrinks and goes
// back. Each place passes these stories; what is its own stands in its own file.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { assertSame, difference, LOCK, MANIFEST, Site } from "./helper.js";

/** The site as it was built, out of all that lies at its place: without the list, and the smaller copies that
 * some hosts are given. */
export function pagesOf(files) {
  const isCopy = (file) => /\.(gz|br)$/.test(file) && files.has(file.replace(/\.(gz|br)$/, ""));
  return new Map([...files].filter(([file]) => file !== MANIFEST && !isCopy(file)));
}

/** The list that was published with the site. */
export const manifestOf = (files) => JSON.parse(files.get(MANIFEST));

/** What a plan would write. */
const writes = (plan) => [...plan.add, ...plan.change].map(({ path }) => path).sort();

/** Passes the stories at a place of places.js. Where nobody else can lay a file, nobody's can stay. */
export function passesThrough(name, make) {
  const story = (what, body) =>
    test(`${name}: ${what}`, { timeout: 120_000 }, async () => {
      const place = await make();
      const site = new Site({ live: place.target });
      place.prepare?.(site);
      const asked = (options = {}) => ({ ...options, env: { ...place.env, ...options.env } });
      const publish = (options) => site.publish("live", asked(options));
      const plan = (options) => site.plan("live", asked(options));
      await body({ place, site, publish, plan });
    });

  story("a plan is made before anything is there, and nothing is written", async ({ place, site, publish, plan }) => {
    const before = await place.stamp();
    const built = await site.build("live");
    const made = await plan();
    assert.equal(made.target, "live");
    const pages = writes(made).filter((file) => built.has(file));
    assert.deepEqual(pages, [...built.keys()].sort());
    assert.deepEqual([made.change, made.delete, made.keep], [[], [], 0]);
    assert.equal(made.bytes, made.add.reduce((sum, { bytes }) => sum + bytes, 0));
    const told = await publish({ flags: ["--dry-run"] });
    assert.match(told.stdout, /index\.html/);
    assert.deepEqual(await place.stamp(), before);
  });

  story("the whole site comes, and its list with it", async ({ place, site, publish }) => {
    await publish();
    const files = await place.files();
    assertSame(pagesOf(files), await site.build("live"), "published");
    const list = manifestOf(files);
    assert.deepEqual([list.version, list.release, list.whole], [2, 1, true]);
    assert.deepEqual(Object.keys(list.files).sort(), [...files.keys()].filter((file) => file !== MANIFEST).sort());
    assert.ok(files.has("leaflets/café menu.txt") && files.has(".well-known/security.txt"));
    assert.ok(!files.has(LOCK), "the lock stayed");
  });

  story("published again as it is, nothing is sent", async ({ place, publish, plan }) => {
    await publish();
    const before = await place.stamp();
    place.wire?.forget();
    const done = await publish();
    if (place.wire) {
      assert.deepEqual(place.wire.changes(), []);
      assert.ok(place.wire.requests.length <= 3, JSON.stringify(place.wire.requests));
    }
    assert.deepEqual(await place.stamp(), before);
    assert.match(done.said, /nothing|unchanged|as it is|up to date/i);
    const made = await plan();
    assert.deepEqual([writes(made), made.delete], [[], []]);
  });

  story("a changed page is sent with what shows it, and nothing else", async ({ place, site, publish, plan }) => {
    await publish();
    const before = await place.files();
    site.edit("content/plots/north.md", "Moss too.", "Moss too, and zinnias.");
    const made = await plan();
    assert.deepEqual([made.add, made.delete], [[], []]);
    await publish();
    const after = await place.files();
    const { written, gone } = difference(before, after);
    assert.deepEqual(gone, []);
    assert.deepEqual(written.filter((file) => file !== MANIFEST), writes(made));
    assert.ok(written.includes("plots/north/index.html"), "the page itself");
    assert.ok(written.includes("search/index.bin"), "the words of it in the search");
    // The other language shows the page as well, for nobody has translated it.
    const shown = /^(es\/)?plots\/north\/|^(es\/)?search\/|^sitemap\.xml|\.guidewright\.json$/;
    assert.deepEqual(written.filter((file) => !shown.test(file)), [], "what has nothing to do with it");
    assertSame(pagesOf(after), await site.build("live"), "published");
    assert.equal(manifestOf(after).release, 2);
  });

  story("a page that was taken away is gone", async ({ place, site, publish, plan }) => {
    await publish();
    site.remove("content/tools/rake.md");
    const made = await plan({ flags: ["--allow", "vanished"] });
    for (const file of ["tools/rake/index.html", "es/tools/rake/index.html"]) assert.ok(made.delete.includes(file), file);
    await publish({ flags: ["--allow", "vanished"] });
    const files = await place.files();
    assert.ok(!files.has("tools/rake/index.html"));
    // A server says of an empty folder that it is forbidden, and not that nothing is there.
    if (place.root) assert.ok(!fs.existsSync(path.join(place.root, "tools/rake")), "an empty folder stayed");
    assertSame(pagesOf(files), await site.build("live"), "published");
  });

  story("a file gives way to a folder of its name, and a folder to a file", async ({ place, site, publish }) => {
    site.write("static/downloads", "A list.\n");
    site.write("static/forms/order.txt", "Beans.\n");
    await publish();
    site.remove("static/downloads");
    site.remove("static/forms");
    site.write("static/downloads/list.txt", "A list.\n");
    site.write("static/forms", "Beans.\n");
    await publish({ flags: ["--allow", "vanished"] });
    assertSame(pagesOf(await place.files()), await site.build("live"), "published");
  });

  story("most of the site goes only when somebody says yes", async ({ place, site, publish }) => {
    await publish();
    const before = await place.stamp();
    for (const gone of ["content/plots", "content/tools", "content/compost.md", "content/water.md", "content/bees.md"]) site.remove(gone);
    site.edit("guide.yaml", "  main: [plots, tools, visit]", "  main: [visit]");
    site.edit("guide.yaml", "  - { from: /beds/*, to: /plots/* }\n", "");
    site.write("content/index.md", "---\ntitle: Welcome\nsummary: Little is left.\n---\nCome.\n");
    const refused = await publish({ flags: ["--allow", "vanished"], code: 1 });
    assert.match(refused.stderr, /--yes/);
    assert.match(refused.stderr, /\d+ of \d+|\d+ ?%/);
    assert.deepEqual(await place.stamp(), before);
    await publish({ flags: ["--allow", "vanished", "--yes"] });
    assertSame(pagesOf(await place.files()), await site.build("live"), "published");
  });

  story("an old style sheet stays for the pages that are open, and goes in the end", async ({ place, site, publish }) => {
    site.targets({ live: { ...place.target, keep: 2 } });
    site.restyle("rebeccapurple");
    await publish();
    const [first] = [...(await place.files()).keys()].filter((file) => /^assets\/style\..*\.css$/.test(file));
    const stays = [];
    for (const colour of ["teal", "olive", "maroon", "navy"]) {
      site.restyle(colour);
      await publish();
      const files = await place.files();
      stays.push(files.has(first));
      // What is kept is known, and by the release in which it was last asked for.
      assert.equal(Boolean(manifestOf(files).old?.[first]), files.has(first));
      for (const [file] of await site.build("live")) assert.ok(files.has(file), file);
    }
    assert.deepEqual(stays, [true, true, false, false]);
  });

  story("the release before comes back", async ({ place, site, publish }) => {
    site.restyle("teal");
    await publish();
    const first = pagesOf(await place.files());
    site.restyle("maroon");
    site.edit("content/visit.md", "*flat*", "*steep*");
    site.write("content/leeks.md", "---\ntitle: Leeks\nsummary: A new page.\n---\nLeeks.\n");
    site.edit("content/index.md", "- [Bees]", "- [Leeks](leeks.md)\n- [Bees]");
    await publish();
    const second = await place.files();
    assert.ok(second.has("leeks/index.html"));
    await publish({ flags: ["--rollback"] });
    const files = await place.files();
    assert.ok(!files.has("leeks/index.html"), "a page of the later release");
    for (const [file, bytes] of first) assert.ok(files.get(file)?.equals(bytes), file);
    assert.equal(manifestOf(files).whole, true);
    // And from there the site can go on.
    await publish();
    const again = await place.files();
    for (const [file, bytes] of await site.build("live")) assert.ok(again.get(file)?.equals(bytes), file);
  });

  story("what others laid there stays", async ({ place, site, publish }) => {
    if (!place.put) return;
    const others = ["notes.txt", ".well-known/acme-challenge/token", ".private/keys.txt", "assets/banner.css", "plots/map.pdf"];
    for (const file of others) await place.put(file, `${file}, which is not ours\n`);
    await publish();
    site.remove("content/plots");
    site.edit("guide.yaml", "  main: [plots, tools, visit]", "  main: [visit]");
    site.edit("guide.yaml", "  - { from: /beds/*, to: /plots/* }\n", "");
    site.edit("content/index.md", "- [The plots](plots/index.md)\n", "");
    await publish({ flags: ["--allow", "vanished", "--yes"] });
    const files = await place.files();
    assert.ok(!files.has("plots/index.html"));
    for (const file of others) assert.equal(files.get(file)?.toString(), `${file}, which is not ours\n`);
  });
  story("a site that somebody else put there is not written over unless somebody says yes", async ({ place, site, publish }) => {
    if (!place.put) return;
    await place.put("index.html", "<!doctype html><title>Another site</title>\n");
    await place.put("about.html", "<!doctype html><title>Of another site</title>\n");
    const before = await place.stamp();
    const { stderr } = await publish({ code: 1 });
    assert.match(stderr, /--yes/);
    assert.deepEqual(await place.stamp(), before);
    await publish({ flags: ["--yes"] });
    const files = await place.files();
    for (const [file, bytes] of await site.build("live")) assert.ok(files.get(file)?.equals(bytes), file);
    assert.match(files.get("about.html").toString(), /Of another site/);
  });
}
