// A host that is reached by SFTP, as most of those are that societies rent.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { assertSame, LOCK, MANIFEST, Site } from "./helper.js";
import { pagesOf, passesThrough } from "./life.js";
import { sftp, ssh } from "./places.js";
import { filesOf } from "./processes.js";
import { sshd } from "./remotes.js";
import { rope } from "./wires.js";

passesThrough("sftp", sftp);

/** A site and an empty remote. `client` is how the site's ssh_config differs from the right one. */
async function begin(client) {
  const place = await sftp();
  const site = new Site({ live: place.target });
  place.prepare(site, client);
  return { ...place, site };
}

test("sftp: the address may name user and port, and needs no settings of ssh for that", async () => {
  const { site, root } = await begin();
  // What ssh knows by itself must come from somewhere; here it is the same file, under no name.
  const settings = site.read("ssh_config").replace("Host allotment", "Host *").replace(/ +(HostName|Port|User) .*\n/g, "");
  site.write("ssh_config", settings);
  site.targets({ live: { remote: "sftp", url: `sftp://${os.userInfo().username}@127.0.0.1:${(await ssh()).port}${root}`, config: "ssh_config" } });
  await site.publish("live");
  assertSame(pagesOf(filesOf(root)), await site.build("live"), "published");
});

test("sftp: a host that is not known is not believed, and nothing is asked", async () => {
  for (const expected of [null, "stranger"]) {
    const { site, root } = await begin({ expected });
    const { stderr } = await site.publish("live", { code: 2 });
    assert.match(stderr, /host key|known_hosts/i);
    assert.equal(filesOf(root).size, 0);
  }
});

test("sftp: a key that the host does not know is refused, with a word on what to do", async () => {
  const { site, root } = await begin({ identity: "stranger" });
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /permission denied|refused|not let in/i);
  assert.match(stderr, /key|agent/i);
  assert.equal(filesOf(root).size, 0);
});

test("sftp: a folder in which nobody may write", async () => {
  const readers = await sshd("ForceCommand internal-sftp -R");
  const { site, root } = await begin();
  readers.client(site.folder);
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /permission|not allowed|refused|may not write/i);
  assert.equal(filesOf(root).size, 0);
});

test("sftp: a host that is not there", async () => {
  const { site } = await begin({ port: 1 });
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /allotment|127\.0\.0\.1/);
  assert.match(stderr, /refused|reach|connect/i);
});

test("sftp: a connection that breaks leaves pages that are whole, and the next publish completes the site", async () => {
  const { site, root, prepare } = await begin();
  const bad = await rope((await ssh()).port);
  await site.publish("live");
  prepare(site, { port: bad.port });
  for (const length of [20_000, 60_000]) {
    site.restyle(`cut at ${length}`);
    Object.assign(bad, { sent: 0, length });
    const before = filesOf(root);
    const done = await site.guidewright(["publish", "live"]);
    assert.ok([0, 2].includes(done.code), done.said);
    const built = await site.build("live");
    for (const [file, bytes] of pagesOf(filesOf(root))) {
      if (!file.endsWith(".html")) continue;
      assert.ok(bytes.equals(before.get(file) ?? "") || bytes.equals(built.get(file) ?? ""), `${file} is half a page`);
    }
  }
  assert.ok(bad.sent > bad.length, "the connection never broke");
  bad.length = Infinity;
  await site.publish("live");
  const files = filesOf(root);
  for (const [file, bytes] of await site.build("live")) assert.ok(files.get(file)?.equals(bytes), file);
  const left = [...files.keys()].filter((file) => file === LOCK || file.includes("guidewright-part"));
  assert.deepEqual(left, []);
});

test("sftp: a line in the list of the server is no command here", async () => {
  const { site, root } = await begin();
  await site.publish("live");
  const list = path.join(root, MANIFEST);
  const manifest = JSON.parse(fs.readFileSync(list));
  manifest.files["gone\n!touch taken-over\nx.txt"] = "ab";
  fs.writeFileSync(list, JSON.stringify(manifest));
  site.edit("content/visit.md", "*flat*", "*steep*");
  await site.publish("live");
  assert.ok(!fs.existsSync(path.join(site.folder, "taken-over")));
  assert.ok(!fs.existsSync(path.join(site.home, "taken-over")));
});
