// A folder of this machine, or one that is mounted: each release lies whole beside the others, and one rename
// shows it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { assertSame, Site } from "./helper.js";
import { passesThrough } from "./life.js";
import { folder } from "./places.js";
import { filesOf, run, temporary } from "./processes.js";

passesThrough("folder", folder);

test("folder: what did not change is on the disk once", async () => {
  const { root, target } = folder();
  const site = new Site({ live: target });
  await site.publish("live");
  const first = fs.realpathSync(path.join(root, "current"));
  site.edit("content/visit.md", "*flat*", "*steep*");
  await site.publish("live");
  const second = fs.realpathSync(path.join(root, "current"));
  assert.notEqual(first, second);
  const inode = (release, file) => fs.statSync(path.join(release, file)).ino;
  assert.equal(inode(first, "bees/index.html"), inode(second, "bees/index.html"));
  assert.notEqual(inode(first, "visit/index.html"), inode(second, "visit/index.html"));
  assert.match(fs.readFileSync(path.join(first, "visit/index.html"), "utf8"), /flat/, "the release before is as it was");
});

test("folder: only as many releases stay as were asked for", async () => {
  const { root, target } = folder();
  const site = new Site({ live: { ...target, keep: 2 } });
  for (const word of ["steep", "muddy", "long", "short"]) {
    site.edit("content/visit.md", /\*\w+\*/.exec(site.read("content/visit.md"))[0], `*${word}*`);
    await site.publish("live");
  }
  const releases = fs.readdirSync(path.join(root, "releases")).map(Number).sort();
  assert.deepEqual(releases.slice(-2), [3, 4]);
  assert.ok(releases.length <= 3, `${releases.length} releases stayed`);
  assert.equal(path.basename(fs.realpathSync(path.join(root, "current"))), "4");
});

test("folder: readers may read it, whatever the one who publishes keeps to himself", async () => {
  const { root, target } = folder();
  const site = new Site({ live: target });
  const done = await run("sh", ["-c", 'umask 077; exec "$0" "$@"', ...site.command(["publish", "live"])], { env: site.environment() });
  assert.equal(done.code, 0, done.said);
  for (const file of ["", ...fs.readdirSync(path.join(root, "current"), { recursive: true })]) {
    const { mode } = fs.statSync(path.join(root, "current", file));
    assert.ok(mode & 0o004, `${file} has mode ${mode.toString(8)}`);
  }
});

test("folder: what others laid there goes along as it is", async () => {
  const { root, target } = folder();
  const site = new Site({ live: target });
  await site.publish("live");
  const current = (file) => path.join(root, "current", file);
  fs.writeFileSync(current(".htpasswd"), "anna:x\n", { mode: 0o600 });
  fs.mkdirSync(current("empty"));
  fs.symlinkSync("/nowhere/acme", current("acme"));
  site.edit("content/visit.md", "*flat*", "*steep*");
  await site.publish("live");
  assert.equal(fs.statSync(current(".htpasswd")).mode & 0o777, 0o600, "nobody else may read it");
  assert.equal(fs.readlinkSync(current("acme")), "/nowhere/acme");
  assert.ok(fs.statSync(current("empty")).isDirectory());
});

test("folder: with a damaged list it is somebody else's site, until one says yes", async () => {
  const { root, target } = folder();
  const site = new Site({ live: target });
  await site.publish("live");
  fs.writeFileSync(path.join(root, "current/.guidewright.json"), "{");
  const { stderr } = await site.publish("live", { code: 1 });
  assert.match(stderr, /did not put there/);
  await site.publish("live", { flags: ["--yes"] });
  assert.equal(path.basename(fs.realpathSync(path.join(root, "current"))), "2");
});

test("folder: a folder that the site is made from is no place", async () => {
  const site = new Site({ live: { remote: "folder", path: "content/published" } });
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /content\/published/);
});

test("folder: where none can be made, that is said", async () => {
  const occupied = path.join(temporary("folder"), "occupied");
  fs.writeFileSync(occupied, "A file.\n");
  const site = new Site({ live: { remote: "folder", path: path.join(occupied, "srv") } });
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /occupied/);
  assert.equal(fs.readFileSync(occupied, "utf8"), "A file.\n");
});

test("folder: a full disk stops it, and what readers see is the release before", async (t) => {
  const root = tinyDisk(t, 1_000);
  if (!root) return;
  const site = new Site({ live: { remote: "folder", path: root } });
  await site.publish("live");
  const before = filesOf(path.join(root, "current"));
  site.write("static/film.bin", Buffer.alloc(2_000_000, "film"));
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /space|full/i);
  assertSame(filesOf(path.join(root, "current")), before, "current");
  site.remove("static/film.bin");
  site.edit("content/visit.md", "*flat*", "*steep*");
  await site.publish("live");
  assert.match(filesOf(path.join(root, "current")).get("visit/index.html").toString(), /steep/);
});

/** A disk that is soon full, where whoever tests may mount one. */
function tinyDisk(t, kilobytes) {
  const disk = temporary("disk");
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", disk]);
  if (mounted.status !== 0) return t.skip("a small disk can not be mounted here");
  t.after(() => spawnSync("umount", [disk]));
  return disk;
}
