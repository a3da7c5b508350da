// A mirror that is kept by rsync: over ssh, and by its own daemon.
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { assertSame, Site } from "./helper.js";
import { pagesOf, passesThrough } from "./life.js";
import { rsyncDaemon, rsyncOverSsh } from "./places.js";
import { filesOf, lay } from "./processes.js";
import { rope } from "./wires.js";

passesThrough("rsync daemon", () => rsyncDaemon());

test("rsync over ssh: the site comes, changes, shrinks and goes back", async () => {
  const place = await rsyncOverSsh();
  const site = new Site({ live: place.target });
  place.prepare(site);
  place.put("notes.txt", "Not ours.\n");
  await site.publish("live");
  const first = place.files();
  assertSame(pagesOf(without(first, "notes.txt")), await site.build("live"), "published");
  const stamp = place.stamp();
  await site.publish("live");
  assert.deepEqual(place.stamp(), stamp, "published again as it is");
  site.edit("content/visit.md", "*flat*", "*steep*");
  site.remove("content/tools/rake.md");
  await site.publish("live", { flags: ["--allow", "vanished"] });
  assertSame(pagesOf(without(place.files(), "notes.txt")), await site.build("live"), "published");
  await site.publish("live", { flags: ["--rollback"] });
  assertSame(pagesOf(place.files()), pagesOf(first), "gone back to");
});

const without = (files, file) => new Map([...files].filter(([own]) => own !== file));

test("rsync daemon: below a folder of its module", async () => {
  const { target, root, env } = await rsyncDaemon();
  const site = new Site({ live: { ...target, url: `${target.url}guides/allotment` } });
  lay(root, "guides/other.txt", "Not ours.\n");
  await site.publish("live", { env });
  assert.ok(filesOf(path.join(root, "guides/allotment")).has("index.html"));
  assert.ok(filesOf(root).has("guides/other.txt"));
});

test("rsync daemon: a wrong password is refused, and never said", async () => {
  const { target, root } = await rsyncDaemon();
  const site = new Site({ live: target });
  const { said, stderr } = await site.publish("live", { env: { RSYNC_PASSWORD: "hunter2-and-more" }, code: 2 });
  assert.match(stderr, /RSYNC_PASSWORD/);
  assert.ok(!said.includes("hunter2-and-more"), said);
  assert.equal(filesOf(root).size, 0);
});

test("rsync daemon: a module that may only be read", async () => {
  const { target, env, root } = await rsyncDaemon("read only = yes");
  const site = new Site({ live: target });
  const { stderr } = await site.publish("live", { env, code: 2 });
  assert.match(stderr, /read.only/i);
  assert.equal(filesOf(root).size, 0);
});

test("rsync over ssh: a host that is not known is not believed", async () => {
  const place = await rsyncOverSsh();
  const site = new Site({ live: place.target });
  place.prepare(site, { expected: "stranger" });
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /host key|known_hosts/i);
  assert.equal(filesOf(place.root).size, 0);
});

test("rsync daemon: a connection that breaks leaves pages that are whole, and the next publish completes the site", async () => {
  const { target, root, env, port } = await rsyncDaemon();
  const bad = await rope(port);
  const site = new Site({ live: { ...target, url: target.url.replace(`:${port}/`, `:${bad.port}/`) } });
  await site.publish("live", { env });
  let broke = 0;
  for (const length of [4_000, 20_000]) {
    site.restyle(`cut at ${length}`);
    Object.assign(bad, { sent: 0, length });
    const before = filesOf(root);
    const { code, said } = await site.guidewright(["publish", "live"], { env });
    assert.ok([0, 2].includes(code), said);
    if (code === 2) broke += 1;
    const built = await site.build("live");
    for (const [file, bytes] of pagesOf(filesOf(root))) {
      if (!file.endsWith(".html")) continue;
      assert.ok(bytes.equals(before.get(file) ?? "") || bytes.equals(built.get(file) ?? ""), `${file} is half a page`);
    }
  }
  assert.ok(broke > 0, "the connection never broke");
  bad.length = Infinity;
  await site.publish("live", { env });
  const files = filesOf(root);
  for (const [file, bytes] of await site.build("live")) assert.ok(files.get(file)?.equals(bytes), file);
});
