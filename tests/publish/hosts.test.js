// The servers that societies run themselves, with the settings that guidewright wrote for them: what a reader's
// browser is answered.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { describe, test, before } from "node:test";
import zlib from "node:zlib";
import { addressOf, Site } from "./helper.js";
import { filesOf, temporary } from "./processes.js";
import { apache, caddy, nginx } from "./servers.js";

/** Each server, with its own of what is the same: the status with which it adds a slash, and what it packs with. */
const HOSTS = {
  nginx: { slash: 301, packs: ["gzip"], serve: (root, at) => nginx(root, `include ${at}/.host/nginx.conf;`) },
  "nginx with brotli": {
    slash: 301,
    packs: ["br", "gzip"],
    target: { host: "nginx", brotli: true },
    serve: (root, at) => nginx(root, `include ${at}/.host/nginx.conf;`, ["brotli_static"]),
  },
  apache: { slash: 301, packs: ["br", "gzip"], serve: (root) => apache(root) },
  caddy: { slash: 308, packs: ["br", "gzip"], serve: (root, at) => caddy(root, `import ${at}/.host/Caddyfile`) },
};

const TYPES = [
  [/\.html$/, /^text\/html; ?charset=utf-8$/i],
  [/\.css$/, /^text\/css; ?charset=utf-8$/i],
  [/\.js$/, /^(text|application)\/javascript; ?charset=utf-8$/i],
  [/\.xml$/, /^(text|application)\/xml; ?charset=utf-8$/i],
  [/\.txt$/, /^text\/plain; ?charset=utf-8$/i],
  [/\.svg$/, /^image\/svg\+xml(; ?charset=utf-8)?$/i],
  [/\.bin$/, /^application\/octet-stream$/],
];

const EVERYWHERE = {
  "content-security-policy": /default-src 'none'.*frame-ancestors 'none'/,
  "permissions-policy": /camera=\(\)/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
};

const REDIRECTS = {
  "find-us/": "visit/",
  "old/way/": "visit/",
  "frogs/": "plots/pond/",
  "shovel/": "tools/spade/",
  "beds/": "plots/",
  "beds/north/": "plots/north/",
  "abejas-y-t%C3%A9/": "bees/",
  "bees+wasps/": "bees/",
  "society/": "https://society.example/",
};

const FOR_GOOD = "public, max-age=31536000, immutable";
const ASK_AGAIN = "public, max-age=0, must-revalidate";

/** Asks as a browser does that shows what it got: nothing is followed, nothing unpacked. */
function ask(url, headers = {}, method = "GET") {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) });
    });
    request.on("error", reject).end();
  });
}

function assertHeaders({ headers }, expected, what) {
  for (const [name, value] of Object.entries(expected)) assert.match(headers[name] ?? "", value, `${what}: ${name}`);
}

/** Publishes the small site for a host into a folder, and serves it below `base`. */
async function served({ serve, target }, name, base) {
  const remote = temporary("srv");
  const settings = { host: name, ...target, remote: "folder", path: remote };
  if (base !== "/") settings.base_url = `https://allotment.example${base}`;
  const site = new Site({ live: settings });
  // It is served only afterwards.
  await site.publish("live", { flags: ["--no-verify"] });
  const current = path.join(remote, "current");
  // A base path is a folder of the server's root.
  const root = base === "/" ? current : temporary("root");
  if (base !== "/") fs.symlinkSync(current, path.join(root, base.replaceAll("/", "")));
  const { url } = await serve(root, current);
  return { url: url.slice(0, -1) + base, origin: url.slice(0, -1), built: await site.build("live"), files: filesOf(current) };
}

const isHidden = (file) => /(^|\/)\.(?!well-known\/)/.test(file);
const isRedirect = (file) => addressOf(file).replaceAll("%2B", "+") in REDIRECTS || /^beds\//.test(file);
/** What readers of the site ask for. */
const asked = (built) => [...built].filter(([file]) => !isHidden(file) && !isRedirect(file));

for (const [name, host] of Object.entries(HOSTS)) {
  for (const base of name in { nginx: 0, apache: 0, caddy: 0 } ? ["/", "/guide/"] : ["/"]) {
    describe(`${name} at ${base}`, { timeout: 120_000 }, () => {
      let at;
      before(async () => (at = await served(host, name, base)));
      const get = (address, headers, method) => ask(at.url + address, headers, method);

      test("sends every page and file as it is, by its name and type", async () => {
        for (const [file, bytes] of asked(at.built)) {
          const answer = await get(addressOf(file));
          assert.equal(answer.status, 200, file);
          assert.ok(answer.body.equals(bytes), `${file}: other bytes`);
          const [, type] = TYPES.find(([pattern]) => pattern.test(file));
          // Caddy says nothing of bytes that it has no name for.
          assert.match(answer.headers["content-type"] ?? "application/octet-stream", type, file);
          assert.equal(answer.headers["content-encoding"], undefined, file);
        }
      });

      test("sends its headers with all of it", async () => {
        for (const [file] of asked(at.built)) {
          const answer = await get(addressOf(file));
          assertHeaders(answer, EVERYWHERE, file);
          const isPlot = file.startsWith("plots/");
          assertHeaders(answer, { "referrer-policy": isPlot ? /^same-origin$/ : /^no-referrer$/ }, file);
          assert.equal(answer.headers["x-robots-tag"] || undefined, isPlot ? "noarchive" : undefined, file);
          const isHashed = /^assets\/.*\.[0-9a-f]{10}\.\w+$/.test(file);
          assert.equal(answer.headers["cache-control"], isHashed ? FOR_GOOD : ASK_AGAIN, file);
        }
        assertHeaders(await get("nowhere/"), { ...EVERYWHERE, "referrer-policy": /^no-referrer$/ }, "404");
        assertHeaders(await get("frogs/"), EVERYWHERE, "a redirect");
        assertHeaders(await get("plots/pond/", {}, "HEAD"), EVERYWHERE, "HEAD");
      });

      test("leads old addresses on, for good", async () => {
        for (const [from, to] of Object.entries(REDIRECTS)) {
          for (const address of [from, from.slice(0, -1)]) {
            const answer = await get(address);
            assert.equal(answer.status, 301, address);
            assert.equal(new URL(answer.headers.location, at.url).href, new URL(to, at.url).href, address);
          }
        }
      });

      test("adds the slash that a page's address ends in, and stays where it is", async () => {
        for (const address of ["visit", "plots/north", "es/visit", "plots"]) {
          const answer = await get(address);
          assert.equal(answer.status, host.slash, address);
          assert.equal(new URL(answer.headers.location, at.url + address).href, `${at.url}${address}/`, address);
        }
      });

      test("says that an address leads nowhere, with the page for it in the reader's language", async () => {
        const pages = { "nowhere/": "404.html", "nowhere.html": "404.html", "plots/nowhere/": "404.html", "es/nada/": "es/404.html", "es/plots/nada": "es/404.html" };
        for (const [address, page] of Object.entries(pages)) {
          const answer = await get(address);
          assert.equal(answer.status, 404, address);
          assert.ok(answer.body.equals(at.built.get(page)), `${address} is not answered with ${page}`);
          assert.match(answer.headers["content-type"], TYPES[0][1], address);
        }
      });

      test("does not keep for good that something was not there", async () => {
        const answer = await get("assets/style.0123456789.css");
        assert.equal(answer.status, 404);
        assert.doesNotMatch(answer.headers["cache-control"] ?? "", /immutable|max-age=[1-9]/);
      });

      test("sends texts packed to those who can unpack them, and to nobody else", async () => {
        const unpack = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync };
        const texts = ["index.html", "plots/north/index.html", "search/search.js", [...at.built.keys()].find((file) => file.endsWith(".css"))];
        for (const file of texts) {
          for (const packed of host.packs) {
            const answer = await get(addressOf(file), { "accept-encoding": packed });
            assert.equal(answer.status, 200, file);
            assert.equal(answer.headers["content-encoding"], packed, `${file} for who asks for ${packed}`);
            assert.ok(unpack[packed](answer.body).equals(at.built.get(file)), file);
            assert.match(answer.headers["content-type"], TYPES.find(([pattern]) => pattern.test(file))[1], file);
            assert.match(answer.headers.vary ?? "", /accept-encoding/i, file);
            assertHeaders(answer, EVERYWHERE, file);
            assert.equal(answer.headers["cache-control"], file.startsWith("assets/") ? FOR_GOOD : ASK_AGAIN, file);
          }
          const best = await get(addressOf(file), { "accept-encoding": "gzip, deflate, br, zstd" });
          assert.equal(best.headers["content-encoding"], host.packs[0], file);
          const refused = await get(addressOf(file), { "accept-encoding": "identity" });
          assert.equal(refused.headers["content-encoding"], undefined, file);
          assert.match(refused.headers.vary ?? "", /accept-encoding/i, `${file}, unpacked`);
        }
      });

      test("sends nothing again that the reader has", async () => {
        for (const encoding of ["identity", "gzip"]) {
          const first = await get("visit/", { "accept-encoding": encoding });
          const known = first.headers.etag ? { "if-none-match": first.headers.etag } : { "if-modified-since": first.headers["last-modified"] };
          const again = await get("visit/", { "accept-encoding": encoding, ...known });
          assert.equal(again.status, 304, encoding);
          assert.equal(again.body.length, 0);
        }
      });

      test("shows nobody the files that are its own, but .well-known", async () => {
        const hidden = [...at.files.keys()].filter(isHidden);
        assert.ok(hidden.includes(".guidewright.json"), hidden.join());
        for (const file of [...hidden, ".host/", ".host", ".git/config", "plots/.htaccess", "plots/.secret/x"]) {
          const answer = await get(file);
          assert.ok([403, 404].includes(answer.status), `${file}: ${answer.status}`);
        }
        assert.equal((await get(".well-known/security.txt")).status, 200);
        const listed = await get("assets/");
        assert.ok([403, 404].includes(listed.status), "the list of a folder");
      });
    });
  }
}
