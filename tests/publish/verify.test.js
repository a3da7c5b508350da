// After publishing, the site is asked for as a reader would, and what is not as it should be is told.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { describe, test } from "node:test";
import { Site } from "./helper.js";
import { folder } from "./places.js";
import { listen, temporary } from "./processes.js";
import { apache, caddy, nginx } from "./servers.js";

/** A site that is published into a folder and looked for at an address. */
function publisher(host = "nginx") {
  const place = folder();
  const current = path.join(place.root, "current");
  const site = new Site({ live: { ...place.target, host } });
  return { site, current, root: place.root };
}
const looking = (url, rest = {}) => ({ flags: ["--verify-url", url], ...rest });

describe("verification", { concurrency: 4, timeout: 200_000 }, () => {
  for (const [host, serve] of Object.entries({
    nginx: (current) => nginx(current, `include ${current}/.host/nginx.conf;`),
    apache: (current) => apache(current),
    caddy: (current) => caddy(current, `import ${current}/.host/Caddyfile`),
  })) {
    test(`${host} serves what was published, and that is said`, async () => {
      const { site, current } = publisher(host);
      await site.publish("live");
      const { url } = await serve(current);
      // Everything is sent again, the pages at old addresses with it.
      site.restyle("teal");
      const { said } = await site.publish("live", looking(url));
      assert.match(said, /verified|as published|checked|looked/i);
    });
  }

  test("where the site is to be looked for may stand in guide.yaml", async () => {
    const { site, current, root } = publisher();
    await site.publish("live");
    const { url } = await nginx(current, `include ${current}/.host/nginx.conf;`);
    site.targets({ live: { host: "nginx", remote: "folder", path: root, verify_url: url } });
    site.edit("content/visit.md", "*flat*", "*steep*");
    const { said } = await site.publish("live");
    assert.ok(said.includes(url), said);
  });

  test("a server that shows an older copy is told of, in plain words", async () => {
    const { site, current } = publisher();
    await site.publish("live");
    const old = temporary("old");
    fs.cpSync(fs.realpathSync(current), old, { recursive: true });
    const { url } = await nginx(old, `include ${old}/.host/nginx.conf;`);
    site.edit("content/visit.md", "*flat*", "*steep*");
    const { stderr } = await site.publish("live", looking(url, { code: 2 }));
    assert.match(stderr, /visit\//, "which page");
    assert.match(stderr, /old|other|differ|not what was published|not the same/i);
    assert.doesNotMatch(stderr, /[0-9a-f]{32}/, "digests say nothing to a person");
  });

  test("a server that needs a moment is given one", async () => {
    const { site, current } = publisher("plain");
    await site.publish("live");
    const old = temporary("old");
    fs.cpSync(fs.realpathSync(current), old, { recursive: true });
    const sources = [await nginx(old, "error_page 404 /404.html;"), await nginx(current, "error_page 404 /404.html;")];
    const started = Date.now();
    const source = () => (Date.now() - started < 6_000 ? sources[0] : sources[1]);
    const port = await listen(http.createServer((request, response) => {
      const { method, url, headers } = request;
      const onward = http.request({ port: source().port, host: "127.0.0.1", method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(response);
      });
      onward.end();
    }));
    site.edit("content/visit.md", "*flat*", "*steep*");
    await site.publish("live", looking(`http://127.0.0.1:${port}/`));
    assert.ok(Date.now() - started > 5_000);
  });

  test("a server without the site's headers, redirects and 404 page is told of, each by its name", async () => {
    const { site, current } = publisher();
    await site.publish("live");
    const { url } = await nginx(current, "try_files $uri $uri/index.html /index.html;");
    const { stderr } = await site.publish("live", looking(url, { code: 2 }));
    assert.match(stderr, /Content-Security-Policy/i);
    assert.match(stderr, /404/);
    assert.match(stderr, /does not lead to \/bees\//);
    assert.match(stderr, /configuration/, "what to do about it");
  });

  test("a server that is not there is told of", async () => {
    const { site } = publisher();
    const { stderr } = await site.publish("live", looking("http://127.0.0.1:1/", { code: 2 }));
    assert.match(stderr, /127\.0\.0\.1:1/);
    assert.match(stderr, /published/, "the site is there, whatever could be seen of it");
  });

  test("nobody looks where nobody was asked to", async () => {
    const { site, root } = publisher();
    site.targets({ live: { host: "nginx", remote: "folder", path: root, verify_url: "http://127.0.0.1:1/" } });
    const started = Date.now();
    await site.publish("live", { flags: ["--no-verify"] });
    assert.ok(Date.now() - started < 20_000);
  });
});
