// What happens when the machine dies in the middle, two publish at once, or the line is bad: readers never meet
// a page without its styles, and the next publish completes the site.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { assertPagesHaveTheirAssets, LOCK, MANIFEST, Site, until } from "./helper.js";
import { manifestOf, pagesOf } from "./life.js";
import { bucket, container, davs, folder, git, repository, rsyncDaemon, sftp } from "./places.js";
import { filesOf } from "./processes.js";

/** Moments by chance, but the same in each run. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A place at which the site lies in one of two versions, which differ in every page and in the style sheet. */
async function inTwoVersions(make) {
  const place = await make();
  const versions = [];
  for (const colour of ["teal", "maroon"]) {
    const site = new Site({ live: place.target });
    site.restyle(colour);
    place.prepare?.(site);
    versions.push({ site, built: pagesOf(await site.build("live")) });
  }
  const publish = (version, options) => versions[version].site.guidewright(["publish", "live"], { env: place.env, ...options });
  const mustPublish = async (version) => {
    const done = await publish(version);
    assert.equal(done.code, 0, done.said);
  };
  await mustPublish(0);
  const timed = async (publishing) => {
    const started = Date.now();
    return [await publishing, Date.now() - started];
  };
  let [, takes] = await timed(mustPublish(1));
  /** Publishes, and kills it when a part of the time has gone that it takes. That is learned on the way, for a
   * machine is not as fast at all times. */
  const publishKilled = async (version, part) => {
    const [done, passed] = await timed(publish(version, { killedAfter: takes * part }));
    // One that finds nothing to do says nothing of the others.
    if (done.signal) takes *= 1.1;
    else if (!done.said.includes("nothing to send")) takes = passed;
    assert.ok(done.signal === "SIGKILL" || done.code === 0, done.said);
    return done;
  };
  return { ...place, versions, publish, mustPublish, publishKilled };
}

const isVersion = (files, { built }) => [...built].every(([file, bytes]) => files.get(file)?.equals(bytes));

/** The files that are of neither version, for whoever looks for what went wrong. */
const whatIsNeither = (files, versions) => {
  const differs = ({ built }) => [...built].filter(([file, bytes]) => !files.get(file)?.equals(bytes)).map(([file]) => file);
  return versions.map(differs).join(" and ");
};

/** Where rsync keeps what has come until all has: no reader is led there. */
const isOnItsWay = (file) => /(^|\/)\.~tmp~\//.test(file);

/** Insists that each page is one of the two versions of it, and has its styles. */
function assertReadable(files, versions, what) {
  const readable = new Map([...files].filter(([file]) => !isOnItsWay(file)));
  for (const [file, bytes] of pagesOf(readable)) {
    if (!file.endsWith(".html")) continue;
    assert.ok(versions.some(({ built }) => built.get(file)?.equals(bytes)), `${what}: ${file} is neither old nor new`);
  }
  assertPagesHaveTheirAssets(readable, what);
}

/** Insists that the site is complete, and that nothing lies about but the styles of the version before. */
function assertComplete(files, version, what) {
  for (const [file, bytes] of version.built) assert.ok(files.get(file)?.equals(bytes), `${what}: ${file}`);
  const list = manifestOf(files);
  assert.equal(list.whole, true, what);
  const known = new Set([MANIFEST, ...Object.keys(list.files), ...Object.keys(list.old ?? {})]);
  assert.deepEqual([...files.keys()].filter((file) => !known.has(file)), [], `${what}: what lies about`);
}

test("folder: killed at any of fifty moments, readers see the old site or the new one, and it whole", { timeout: 240_000 }, async () => {
  const { root, versions, publishKilled, mustPublish } = await inTwoVersions(folder);
  const random = chance(1);
  const seen = [0, 0];
  const look = () => {
    const link = path.join(root, "current");
    const release = fs.readlinkSync(link);
    let files;
    try {
      files = filesOf(path.join(root, release));
    } catch (error) {
      // A reader who was on a release that is three publishes old.
      assert.notEqual(fs.readlinkSync(link), release, String(error));
      return;
    }
    const version = versions.findIndex((one) => isVersion(files, one));
    assert.ok(version >= 0, `${release} is a mixture: ${whatIsNeither(files, versions)}`);
    seen[version] += 1;
  };
  let killed = 0;
  for (let left = 50, next = 0; left > 0; left -= 1, next = 1 - next) {
    const publishing = publishKilled(next, random());
    let isOver = false;
    publishing.then(() => (isOver = true));
    while (!isOver) {
      look();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    look();
    if ((await publishing).signal) killed += 1;
  }
  assert.ok(killed > 10 && seen[0] > 0 && seen[1] > 0, `${killed} were killed; seen ${seen}`);
  await mustPublish(0);
  await mustPublish(1);
  assertComplete(filesOf(path.join(root, "current")), versions[1], "in the end");
  const releases = fs.readdirSync(path.join(root, "releases"));
  assert.ok(releases.length <= 4 && releases.every((name) => /^\d+$/.test(name)), `left over: ${releases}`);
});

test("git: killed at any moment, the branch is the old site or the new one, and it whole", { timeout: 240_000 }, async () => {
  const { repository: bare, versions, publishKilled, mustPublish, files } = await inTwoVersions(repository);
  const random = chance(2);
  for (let left = 12, next = 0; left > 0; left -= 1, next = 1 - next) {
    await publishKilled(next, random());
    const there = files();
    assert.ok(versions.some((one) => isVersion(there, one)), `a mixture: ${whatIsNeither(there, versions)}`);
  }
  await mustPublish(0);
  await mustPublish(1);
  assertComplete(files(), versions[1], "in the end");
  git(bare, "fsck", "--strict");
});

/** The places where files are put in the place of others, and how often the program is killed there. (rsync does
 * over ssh what it does with its daemon.) */
const inPlace = {
  "webdav of nginx": { make: davs.nginx, kills: 12 },
  "webdav of apache": { make: davs.apache, kills: 6 },
  s3: { make: () => bucket(), kills: 12 },
  azure: { make: () => container(), kills: 4 },
  sftp: { make: sftp, kills: 6 },
  "rsync daemon": { make: () => rsyncDaemon(), kills: 6 },
};

describe("killed at any moment", { concurrency: 2, timeout: 400_000 }, () => {
  for (const [name, { make, kills }] of Object.entries(inPlace)) {
    test(`${name}: every page is whole and has its styles; the next publish completes it`, { timeout: 240_000 }, async () => {
      const { versions, publishKilled, mustPublish, files, remove } = await inTwoVersions(make);
      const random = chance(3);
      let broken = 0;
      for (let tried = 0; tried < kills || broken < 2; tried += 1) {
        await publishKilled(tried % 2, 0.2 + 0.8 * random());
        // What the server still does for the one who died.
        await new Promise((resolve) => setTimeout(resolve, 100));
        const there = await files();
        assertReadable(there, versions, `kill ${tried}`);
        if (!manifestOf(there).whole) broken += 1;
        // Nobody waits here until the lock of the dead is seen to be one: that is the next story.
        if (there.has(LOCK)) await remove(LOCK);
      }
      await mustPublish(0);
      await mustPublish(1);
      assertComplete(await files(), versions[1], "in the end");
    });
  }
});

/** Those of them whose requests go over a wire that can be watched and cut. */
const overHttp = { "webdav of nginx": davs.nginx, s3: () => bucket(), azure: () => container() };

describe("killed at each of the first requests", { concurrency: 3, timeout: 240_000 }, () => {
  for (const [name, make] of Object.entries(overHttp)) {
    test(`${name}: what it left while it took the lock goes with the next`, { timeout: 120_000 }, async () => {
      const { versions, publish, mustPublish, files, wire } = await inTwoVersions(make);
      for (let at = 1; at <= 10; at += 1) {
        wire.forget();
        let child;
        wire.trouble = (_, number) => {
          if (number < at) return undefined;
          child.kill("SIGKILL");
          return { cut: number === at ? "after" : "before" };
        };
        const { signal } = await publish(0, { started: (process) => (child = process) });
        assert.equal(signal, "SIGKILL", `request ${at}`);
        wire.trouble = () => undefined;
        await mustPublish(0);
        await mustPublish(1);
        assertComplete(await files(), versions[1], `killed at ${at}`);
      }
    });
  }
});

describe("the lock of one who died", { concurrency: 3, timeout: 240_000 }, () => {
  for (const [name, { make }] of Object.entries(inPlace)) {
    test(`${name}: is taken over after a while`, { timeout: 120_000 }, async () => {
      const { versions, mustPublish, publishKilled, files } = await inTwoVersions(make);
      const random = chance(4);
      for (let tried = 0; !(await files()).has(LOCK); tried += 1) await publishKilled(tried % 2, 0.2 + 0.8 * random());
      const started = Date.now();
      // One of the two finds something to do.
      await mustPublish(0);
      await mustPublish(1);
      assert.ok(Date.now() - started < 30_000, "it took too long");
      assertComplete(await files(), versions[1], "in the end");
    });
  }
});

describe("one who slept", { concurrency: 3, timeout: 240_000 }, () => {
  for (const [name, make] of Object.entries(overHttp)) {
    test(`${name}: and wakes up when another has taken over, changes nothing any more`, { timeout: 120_000 }, async () => {
      const { versions, publish, files, wire } = await inTwoVersions(make);
      wire.forget();
      let child;
      const sleeper = publish(0, { started: (process) => (child = process) });
      const isPage = ({ method, path }) => method === "PUT" && path.endsWith("/index.html");
      await until("it sends pages", () => wire.requests.some(isPage));
      child.kill("SIGSTOP");
      const done = await publish(1);
      assert.equal(done.code, 0, done.said);
      child.kill("SIGCONT");
      const { code, stderr } = await sleeper;
      assertComplete(await files(), versions[1], "after it woke");
      assert.equal(code, 2, stderr);
      assert.match(stderr, /busy|another|somebody|taken/i);
    });
  }
});

describe("two at once", { concurrency: 2, timeout: 240_000 }, () => {
  for (const [name, make] of Object.entries({ folder, git: repository, "webdav of nginx": davs.nginx, sftp, "rsync daemon": () => rsyncDaemon() })) {
    test(`${name}: one is refused or waits, and the site is whole`, { timeout: 120_000 }, async () => {
      const { versions, publish, files } = await inTwoVersions(make);
      const done = await Promise.all([0, 1].map((version) => publish(version)));
      const said = done.map(({ said }) => said).join("\n");
      assert.ok(done.some(({ code }) => code === 0) && done.every(({ code }) => code === 0 || code === 2), said);
      for (const { code, stderr } of done) if (code === 2) assert.match(stderr, /busy|another|somebody|meanwhile|at the same time/i);
      const there = await files();
      const version = versions.find((one) => isVersion(there, one));
      assert.ok(version, "a mixture of both");
      assertComplete(there, version, "in the end");
    });
  }
});

for (const [name, make] of Object.entries(overHttp)) {
  test(`${name}: the line breaks once, at each of the requests`, { timeout: 240_000 }, async () => {
    const { versions, publish, mustPublish, files, wire, remove } = await inTwoVersions(make);
    wire.forget();
    await mustPublish(0);
    const requests = wire.requests.length;
    const cuts = ["before", "half", "after"];
    let next = 1;
    for (let at = 1; at <= requests; at += Math.ceil(requests / 14)) {
      wire.forget();
      wire.trouble = (_, number) => (number === at ? { cut: cuts[at % 3] } : undefined);
      const { code, said } = await publish(next);
      wire.trouble = () => undefined;
      assert.ok(code === 0 || code === 2, said);
      const there = await files();
      assertReadable(there, versions, `cut ${at}`);
      if (code === 0) assertComplete(there, versions[next], `cut ${at}`);
      if (there.has(LOCK)) await remove(LOCK);
      next = 1 - next;
    }
    await mustPublish(next);
    assertComplete(await files(), versions[next], "in the end");
  });

  test(`${name}: the line breaks for good, and after a while that is said`, { timeout: 240_000 }, async () => {
    const { versions, publish, mustPublish, files, wire } = await inTwoVersions(make);
    wire.forget();
    wire.trouble = (_, number) => (number > 12 ? { cut: "before" } : undefined);
    const started = Date.now();
    const { code, stderr } = await publish(0);
    assert.equal(code, 2, stderr);
    assert.ok(Date.now() - started < 90_000, "nobody waits so long");
    assert.match(stderr, /again|connection|reach/i);
    assertReadable(await files(), versions, "after that");
    wire.trouble = () => undefined;
    await until("it can be published again", async () => (await publish(0)).code === 0, 60_000);
    await mustPublish(1);
    assertComplete(await files(), versions[1], "in the end");
  });
}
