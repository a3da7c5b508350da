// A bucket of an object store, which knows no folders, no renaming and no two things at once.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { assertOrder, assertPagesHaveTheirAssets, assertSame, LOCK, Site, until } from "./helper.js";
import { manifestOf, pagesOf, passesThrough } from "./life.js";
import { bucket, container, KEYS, otherStore } from "./places.js";
import { temporary } from "./processes.js";
import { containerAccess } from "./remotes.js";

/** A new bucket at each kind of store. Azure calls it a container. */
const stores = { s3: bucket, azure: container };
for (const [name, make] of Object.entries(stores)) passesThrough(name, () => make());

// A second store that speaks S3, by other people.
const SIGNED = { of: otherStore, env: { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" } };
passesThrough("s3rver", () => bucket({}, SIGNED));

test("s3rver: a key that the store does not know is refused, and the remedy named", async () => {
  const { target } = await bucket({}, SIGNED);
  const site = new Site({ live: target });
  const { stderr, said } = await site.publish("live", { env: { AWS_ACCESS_KEY_ID: "STRANGER", AWS_SECRET_ACCESS_KEY: "beans-and-more-beans" }, code: 2 });
  assert.match(stderr, /AWS_SECRET_ACCESS_KEY/);
  assert.doesNotMatch(said, /beans-and-more/);
});

for (const [name, make] of Object.entries(stores)) {
  test(`${name}: each object is sent with its type, for how long it may be kept, and whole`, async () => {
    const { target, env, get } = await make();
    const site = new Site({ live: target });
    await site.publish("live", { env });
    const built = await site.build("live");
    const forGood = "public, max-age=31536000, immutable";
    const askAgain = "public, max-age=0, must-revalidate";
    const expected = {
      "index.html": ["text/html; charset=utf-8", askAgain],
      "404.html": ["text/html; charset=utf-8", askAgain],
      "sitemap.xml": [/^(application|text)\/xml(; charset=utf-8)?$/, askAgain],
      "robots.txt": ["text/plain; charset=utf-8", askAgain],
      "leaflets/café menu.txt": ["text/plain; charset=utf-8", askAgain],
      ".well-known/security.txt": ["text/plain; charset=utf-8", askAgain],
      "search/search.js": [/^(text|application)\/javascript; charset=utf-8$/, askAgain],
      "search/index.bin": ["application/octet-stream", askAgain],
    };
    for (const file of built.keys()) {
      if (file.endsWith(".css")) expected[file] = ["text/css; charset=utf-8", forGood];
      if (file.endsWith(".svg")) expected[file] = [/^image\/svg\+xml(; charset=utf-8)?$/, forGood];
      if (/^assets\/.*\.js$/.test(file)) expected[file] = [/^(text|application)\/javascript; charset=utf-8$/, forGood];
    }
    assert.ok(Object.keys(expected).length > 12);
    for (const [file, [type, kept]] of Object.entries(expected)) {
      const { headers, body } = await get(file);
      const matches = typeof type === "string" ? headers.get("content-type") === type : type.test(headers.get("content-type"));
      assert.ok(matches, `${file} is sent as ${headers.get("content-type")}`);
      assert.equal(headers.get("cache-control"), kept, file);
      assert.equal(headers.get("content-encoding"), null, file);
      assert.ok(body.equals(built.get(file)), file);
    }
  });

  test(`${name}: where it is asked for, texts are stored compressed and say so`, async () => {
    const { target, env, get, wire } = await make({ encode: "gzip" });
    const site = new Site({ live: target });
    site.write("static/photo.jpg", "not really a photo, and already small\n".repeat(99));
    await site.publish("live", { env });
    for (const [file, bytes] of await site.build("live")) {
      const { headers, body } = await get(file);
      // What nobody is sent need not be small.
      const isText = /^[^.].*\.(html|css|js|xml|svg)$/.test(file) && bytes.length > 1_000;
      if (isText) assert.equal(headers.get("content-encoding"), "gzip", file);
      if (file.endsWith(".jpg")) assert.equal(headers.get("content-encoding"), null, file);
      // fetch has unpacked what said that it was packed.
      assert.ok(body.equals(bytes), file);
    }
    wire.forget();
    await site.publish("live", { env });
    assert.deepEqual(wire.changes(), [], "what is compressed is known to be the same");
  });

  test(`${name}: objects arrive in the order in which readers need them`, async () => {
    const { wire, target, env, below } = await make();
    const site = new Site({ live: target });
    site.restyle("teal");
    await site.publish("live", { env });
    assertOrder(wire.changes(), below);
    wire.forget();
    site.restyle("olive");
    await site.publish("live", { env });
    assertOrder(wire.changes(), below);
  });

  test(`${name}: the root of the bucket is a place as well`, async () => {
    const { target, env, files } = await make({ prefix: "" });
    const site = new Site({ live: target });
    await site.publish("live", { env });
    assert.ok((await files()).has("index.html"));
  });

  test(`${name}: the address of the service may end with a slash`, async () => {
    const { target, env, files } = await make();
    const site = new Site({ live: { ...target, endpoint: `${target.endpoint}/` } });
    await site.publish("live", { env });
    assert.ok((await files()).has("index.html"));
  });

  test(`${name}: two who begin at the same moment end with one whole site`, async () => {
    const { target, env, files } = await make();
    const [one, other] = [new Site({ live: target }), new Site({ live: target })];
    one.restyle("teal");
    other.restyle("olive");
    const done = await Promise.all([one, other].map((site) => site.guidewright(["publish", "live"], { env })));
    const codes = done.map(({ code }) => code);
    assert.ok(codes.includes(0) && codes.every((code) => code === 0 || code === 2), done.map(({ said }) => said).join("\n"));
    const there = await files();
    assert.equal(manifestOf(there).whole, true);
    assertPagesHaveTheirAssets(there, "after two at once");
    const builds = [await one.build("live"), await other.build("live")];
    const isOf = (built) => [...built].every(([file, bytes]) => there.get(file)?.equals(bytes));
    assert.ok(builds.some(isOf), "a mixture of both");
  });

  test(`${name}: a bucket that is not there`, async () => {
    const { target, env } = await make();
    const site = new Site({ live: { ...target, [name === "s3" ? "bucket" : "container"]: "no-such-bucket" } });
    const { stderr } = await site.publish("live", { env, code: 2 });
    assert.match(stderr, /no-such-bucket/);
  });

  test(`${name}: a store that is busy, slow or breaks off for a moment is asked again`, async () => {
    const { wire, target, env, files } = await make();
    const site = new Site({ live: target });
    const troubles = [{ status: 503 }, { status: 500 }, { cut: "before" }, { cut: "after" }, { wait: 500 }, { status: 503 }];
    wire.trouble = ({ method, path }) => (method === "PUT" && path.endsWith("/index.html") ? troubles.shift() : undefined);
    await site.publish("live", { env });
    assert.equal(troubles.length, 0);
    const there = pagesOf(await files());
    for (const [file, bytes] of await site.build("live")) assert.ok(there.get(file)?.equals(bytes), file);
    assert.equal(manifestOf(await files()).whole, true);
  });
}

describe("a lock", { concurrency: 2 }, () => {
  for (const [name, make] of Object.entries(stores)) {
    test(`${name}: somebody else who publishes is not disturbed; one who died is not waited for`, async () => {
      const { target, env, put, files, stamp, wire } = await make();
      const site = new Site({ live: target });
      await site.publish("live", { env });
      const before = await stamp();
      // The other one holds the lock and says so again and again, as it would.
      const other = new Site({ live: target });
      other.edit("content/visit.md", "*flat*", "*steep*");
      wire.forget();
      wire.trouble = ({ path }) => (path.endsWith("/visit/index.html") ? { wait: 12_000 } : undefined);
      const slow = other.guidewright(["publish", "live"], { env });
      await until("the other one holds the lock", () => wire.requests.some(({ method, path }) => method === "PUT" && path.endsWith(LOCK)));
      site.edit("content/bees.md", "Ask the keeper.", "Ask nobody.");
      const started = Date.now();
      const { stderr } = await site.publish("live", { env, code: 2 });
      assert.match(stderr, /busy|already|somebody|another/i);
      assert.ok(Date.now() - started < 20_000);
      assert.equal((await slow).code, 0);
      wire.trouble = () => undefined;
      assert.notDeepEqual(await stamp(), before);
      assert.match((await files()).get("visit/index.html").toString(), /steep/);
      assert.match((await files()).get("bees/index.html").toString(), /Ask the keeper/);
      // The lock of one who died, with no beat any more.
      await put(LOCK, JSON.stringify({ id: "gone", beat: 1 }));
      site.edit("content/visit.md", "*flat*", "*long*");
      await site.publish("live", { env });
      assert.match((await files()).get("visit/index.html").toString(), /long/);
      assert.ok(!(await files()).has(LOCK));
    });
  }
});

const refusal = (code, message) => ({
  status: 403,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

test("s3: keys that are wrong, missing or of no right are said to be, and never said", async () => {
  const { target, wire, stamp } = await bucket();
  const site = new Site({ live: target });
  const nobody = { AWS_EC2_METADATA_DISABLED: "true" };
  wire.trouble = () => refusal("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  for (const env of [KEYS, nobody]) {
    const { said, stderr } = await site.publish("live", { env, code: 2 });
    assert.match(stderr, /AWS_ACCESS_KEY_ID/);
    for (const secret of Object.values(KEYS)) assert.ok(!said.includes(secret), said);
  }
  wire.trouble = ({ method }) => (method === "PUT" ? refusal("AccessDenied", "Access Denied") : undefined);
  const { said, stderr } = await site.publish("live", { env: KEYS, code: 2 });
  assert.match(stderr, /denied|not allowed|permission|may not/i);
  assert.ok(!said.includes(KEYS.AWS_SECRET_ACCESS_KEY));
  assert.equal((await stamp()).size, 0);
});

test("s3: a profile of the program aws does as well, and that program is asked for its keys", async () => {
  const { target, files } = await bucket({}, { ...SIGNED, env: {} });
  const site = new Site({ live: target });
  const bin = temporary("bin");
  // Version 2 of the program is in no registry: this says what it says, by the library that it is made with.
  const aws = `#!${path.join(import.meta.dirname, ".venv/bin/python")}
import json, sys, botocore.session
if sys.argv[1:] != ["configure", "export-credentials", "--format", "process"]: sys.exit("what?")
try: keys = botocore.session.Session().get_credentials().get_frozen_credentials()
except Exception as error: sys.exit(f"Unable to retrieve credentials: {error}")
print(json.dumps({"Version": 1, "AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key}))
`;
  fs.writeFileSync(path.join(bin, "aws"), aws, { mode: 0o755 });
  fs.mkdirSync(path.join(site.home, ".aws"));
  const [name, secret] = Object.values(SIGNED.env);
  const profile = (profile, name, secret) => `[${profile}]\naws_access_key_id = ${name}\naws_secret_access_key = ${secret}\n`;
  const write = (text) => fs.writeFileSync(path.join(site.home, ".aws/credentials"), text);
  const env = { PATH: `${bin}:${process.env.PATH}`, AWS_EC2_METADATA_DISABLED: "true" };
  write(profile("society", name, secret));
  await site.publish("live", { env: { ...env, AWS_PROFILE: "society" } });
  assert.ok((await files()).has("index.html"));
  write(profile("default", name, secret));
  const { said } = await site.publish("live", { env });
  assert.match(said, /nothing to send/);
  write(profile("default", "STRANGER", "beans-and-more-beans"));
  assert.doesNotMatch((await site.publish("live", { env, code: 2 })).said, /beans-and-more/);
  const { stderr } = await site.publish("live", { env: { ...env, AWS_PROFILE: "nobody" }, code: 2 });
  assert.match(stderr, /profile.*nobody/);
});

test("azure: a signature that lets one into the container does as well as the key of the account", async () => {
  const { target, files } = await container();
  const site = new Site({ live: target });
  const env = { AZURE_STORAGE_SAS_TOKEN: containerAccess(target.container) };
  site.write("static/leaflets/jam & té?.txt", "Stir.\n");
  await site.publish("live", { env });
  site.remove("static/leaflets/jam & té?.txt");
  await site.publish("live", { flags: ["--allow", "vanished"], env });
  assertSame(pagesOf(await files()), await site.build("live"), "published");
});

test("azure: keys that are wrong or of no right are said to be, and never said", async () => {
  const { target, stamp } = await container();
  const site = new Site({ live: target });
  const refused = [
    { AZURE_STORAGE_ACCOUNT_KEY: btoa("beans-and-more-beans") },
    { AZURE_STORAGE_ACCOUNT_KEY: "beans and more beans" },
    { AZURE_STORAGE_SAS_TOKEN: containerAccess("another") },
    { AZURE_STORAGE_SAS_TOKEN: containerAccess(target.container, "r") },
  ];
  for (const env of refused) {
    const { said, stderr } = await site.publish("live", { env, code: 2 });
    assert.match(stderr, /AZURE_STORAGE_ACCOUNT_KEY/);
    for (const secret of Object.values(env)) assert.ok(!said.includes(secret) && !said.includes("sig="), said);
  }
  assert.equal((await stamp()).size, 0);
});
