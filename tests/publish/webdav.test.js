// A folder that is reached by WebDAV: nginx and Apache, which differ in much of it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { assertOrder, assertPagesHaveTheirAssets, Site } from "./helper.js";
import { passesThrough } from "./life.js";
import { davs } from "./places.js";
import { filesOf } from "./processes.js";

for (const [name, make] of Object.entries(davs)) passesThrough(`webdav of ${name}`, make);

for (const [name, make] of Object.entries(davs)) {
  test(`webdav of ${name}: files arrive in the order in which readers need them`, async () => {
    const { wire, target, env } = await make();
    const site = new Site({ live: target });
    site.restyle("teal");
    await site.publish("live", { env });
    assertOrder(wire.changes());
    wire.forget();
    site.restyle("olive");
    site.remove("content/tools/rake.md");
    await site.publish("live", { env, flags: ["--allow", "vanished"] });
    const changes = wire.changes();
    assertOrder(changes);
    const last = (test) => changes.findLastIndex(test);
    const firstDeletion = changes.findIndex(({ method, path }) => method === "DELETE" && path.endsWith(".html"));
    assert.ok(firstDeletion > last(({ method, path }) => method === "PUT" && path.endsWith(".html")), "pages are deleted before all others are there");
  });

  test(`webdav of ${name}: a folder below the server's root, with a name that has to be quoted`, async () => {
    const { wire, target, env, root } = await make();
    const site = new Site({ live: { ...target, url: `${wire.url}our%20guide/` } });
    fs.mkdirSync(path.join(root, "our guide"), { mode: 0o777 });
    fs.chmodSync(path.join(root, "our guide"), 0o777);
    await site.publish("live", { env });
    assert.ok(filesOf(root).has("our guide/leaflets/café menu.txt"), [...filesOf(root).keys()].join("\n"));
  });

  test(`webdav of ${name}: a wrong password is refused, and never said`, async () => {
    const { target, root } = await make();
    const site = new Site({ live: target });
    for (const env of [{ GUIDEWRIGHT_WEBDAV_PASSWORD: "hunter2-and-more" }, {}]) {
      const { said, stderr } = await site.publish("live", { env, code: 2 });
      assert.match(stderr, /GUIDEWRIGHT_WEBDAV_PASSWORD/);
      assert.ok(!said.includes("hunter2-and-more"), said);
    }
    assert.equal(filesOf(root).size, 0);
  });

  test(`webdav of ${name}: a server that is busy for a moment is asked again`, async () => {
    const { wire, target, env, root } = await make();
    const site = new Site({ live: target });
    let busy = 3;
    wire.trouble = ({ method, path }) => (method === "PUT" && path.endsWith("/index.html") && busy-- > 0 ? { status: 503 } : undefined);
    await site.publish("live", { env });
    const files = filesOf(root);
    for (const [file, bytes] of await site.build("live")) assert.ok(files.get(file)?.equals(bytes), file);
  });

  test(`webdav of ${name}: a full disk stops it with a word on it`, async () => {
    const { wire, target, env, root } = await make();
    const site = new Site({ live: target });
    site.restyle("teal");
    await site.publish("live", { env });
    site.restyle("olive");
    wire.trouble = ({ method, path }) => (method === "PUT" && path.endsWith(".html") ? { status: 507 } : undefined);
    const { stderr } = await site.publish("live", { env, code: 2 });
    assert.match(stderr, /507|full|space|storage/i);
    assertPagesHaveTheirAssets(filesOf(root), "after a full disk");
    wire.trouble = () => undefined;
    await site.publish("live", { env });
    for (const [file, bytes] of await site.build("live")) assert.ok(filesOf(root).get(file)?.equals(bytes), file);
  });
}
