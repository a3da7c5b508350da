// The hosts that nobody can run at home: their own readers of the files that guidewright writes for them, and
// in as far as they have published it, their own programs that answer an address.
import { parseAllHeaders } from "@netlify/headers-parser";
import { parseAllRedirects } from "@netlify/redirect-parser";
import { headersSchema, redirectsSchema } from "@vercel/routing-utils";
import Ajv from "ajv";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Site } from "./helper.js";
import { temporary } from "./processes.js";
import { cloudflare, cloudfront, firebase, vercel } from "./services.js";

/** The small site as it is built for a host. */
async function builtFor(host, settings = {}) {
  const site = new Site({ live: { host, ...settings } });
  const output = temporary(host);
  const done = await site.guidewright(["build", "--target", "live", "--output", output, "--quiet"]);
  assert.equal(done.code, 0, done.said);
  const at = (file) => path.join(output, file);
  return { output, has: (file) => fs.existsSync(at(file)), read: (file) => fs.readFileSync(at(file), "utf8"), json: (file) => JSON.parse(fs.readFileSync(at(file))) };
}

/** Old addresses, and where they lead. */
const MOVED = {
  "/find-us/": "/visit/",
  "/frogs/": "/plots/pond/",
  "/old/way/": "/visit/",
  "/beds/north/": "/plots/north/",
  "/bees+wasps/": "/bees/",
  "/abejas-y-t%C3%A9/": "/bees/",
  "/society/": "https://society.example/",
};
const HASHED = /^assets\/style\.[0-9a-f]{10}\.css$/;
const styleOf = ({ output }) => fs.readdirSync(output, { recursive: true }).find((file) => HASHED.test(file));
const FOR_GOOD = "public, max-age=31536000, immutable";
const ASK_AGAIN = /max-age=0, must-revalidate/;
const POLICY = /default-src 'none'.*frame-ancestors 'none'/;

test("only the chosen host's files are written", async () => {
  const theirs = ["_redirects", "_headers", ".htaccess", "vercel.json", "firebase.json", "staticwebapp.config.json", ".nojekyll", "CNAME", ".host"];
  const expected = {
    plain: [],
    "github-pages": [".nojekyll", "CNAME"],
    "gitlab-pages": ["_redirects"],
    netlify: ["_redirects", "_headers"],
    "cloudflare-pages": ["_redirects", "_headers"],
    vercel: ["vercel.json"],
    firebase: ["firebase.json"],
    "azure-static-web-apps": ["staticwebapp.config.json"],
    s3: [".host"],
    apache: [".htaccess"],
    nginx: [".host"],
    caddy: [".host"],
  };
  for (const [host, files] of Object.entries(expected)) {
    const built = await builtFor(host, host === "github-pages" ? { base_url: "https://allotment.example/" } : {});
    assert.deepEqual(theirs.filter(built.has), files, host);
  }
});

test("Netlify reads every line, and does with each what was meant", async () => {
  const built = await builtFor("netlify");
  const { redirects, errors } = await parseAllRedirects({ redirectsFiles: [path.join(built.output, "_redirects")], minimal: true });
  assert.deepEqual(errors, []);
  for (const [from, to] of Object.entries(MOVED)) {
    const rule = redirects.find(({ from: path }) => encodeURI(path).replaceAll("%25", "%") === from);
    assert.ok(rule, `no rule for ${from}`);
    // Where there is a page for readers without this host, the rule goes before it.
    assert.deepEqual([rule.to, rule.status, rule.force], [to, 301, true], from);
  }
  const { headers, errors: wrong } = await parseAllHeaders({ headersFiles: [path.join(built.output, "_headers")], minimal: true });
  assert.deepEqual(wrong, []);
  const of = (path) => headers.find(({ for: pattern }) => pattern === path).values;
  assert.match(of("/*")["Content-Security-Policy"], POLICY);
  assert.equal(of("/*")["X-Frame-Options"], "DENY");
  assert.equal(of("/plots/*")["X-Robots-Tag"], "noarchive");
  assert.equal(of("/assets/*")["Cache-Control"], FOR_GOOD);
});

test("Cloudflare Pages reads every line, and answers as was meant", async () => {
  const built = await builtFor("cloudflare-pages");
  const { invalid, ask } = await cloudflare(built.output);
  assert.deepEqual(invalid, []);
  for (const [from, to] of Object.entries(MOVED)) {
    for (const address of [from, from.slice(0, -1)]) {
      const answer = await ask(address);
      assert.deepEqual([answer.status, answer.headers.get("location")], [301, to], address);
    }
  }
  const page = await ask("/plots/north/");
  assert.equal(page.status, 200);
  assert.equal(await page.text(), built.read("plots/north/index.html"));
  assert.match(page.headers.get("content-security-policy"), POLICY);
  assert.equal(page.headers.get("referrer-policy"), "same-origin");
  assert.equal(page.headers.get("x-robots-tag"), "noarchive");
  assert.match(page.headers.get("cache-control"), ASK_AGAIN);
  assert.equal((await ask("/visit/")).headers.get("referrer-policy"), "no-referrer");
  assert.equal((await ask(`/${styleOf(built)}`)).headers.get("cache-control"), FOR_GOOD);
  const slash = await ask("/plots/north");
  assert.deepEqual([slash.status, slash.headers.get("location")], [308, "/plots/north/"]);
  for (const [address, file] of [["/nowhere/", "404.html"], ["/es/nada/", "es/404.html"]]) {
    const missing = await ask(address);
    assert.deepEqual([missing.status, await missing.text()], [404, built.read(file)], address);
    assert.match(missing.headers.get("content-security-policy"), POLICY);
  }
  assert.equal((await ask("/assets/style.0123456789.css")).headers.get("cache-control"), "no-store");
});

test("Vercel's reader takes every rule, and leads and sends as was meant", async () => {
  const built = await builtFor("vercel");
  const { settings, error, ask } = vercel(built.output);
  assert.equal(error, null);
  const ajv = new Ajv();
  for (const [schema, part] of [[redirectsSchema, settings.redirects], [headersSchema, settings.headers]]) {
    assert.ok(ajv.validate(schema, part), ajv.errorsText());
  }
  for (const [from, to] of Object.entries(MOVED)) {
    const answer = ask(from);
    assert.deepEqual([answer.status, answer.headers.get("location")], [301, to], from);
  }
  const slash = ask("/plots/north");
  assert.deepEqual([slash.status, slash.headers.get("location")], [308, "/plots/north/"]);
  const page = ask("/plots/north/");
  assert.match(page.headers.get("content-security-policy"), POLICY);
  assert.equal(page.headers.get("referrer-policy"), "same-origin");
  assert.match(page.headers.get("cache-control"), ASK_AGAIN);
  assert.match(ask("/").headers.get("content-security-policy"), POLICY);
  assert.equal(ask("/visit/").headers.get("referrer-policy"), "no-referrer");
  assert.equal(ask(`/${styleOf(built)}`).headers.get("cache-control"), FOR_GOOD);
  assert.equal(ask("/assets/").headers.get("cache-control").includes("immutable"), false);
});

test("Firebase answers as was meant", async () => {
  const built = await builtFor("firebase");
  const { hosting, ask } = await firebase(built.output);
  for (const key of Object.keys(hosting)) {
    assert.ok(["public", "ignore", "cleanUrls", "trailingSlash", "redirects", "headers"].includes(key), `Firebase knows no "${key}"`);
  }
  for (const [from, to] of Object.entries(MOVED)) {
    for (const address of [from, from.slice(0, -1)]) {
      const answer = await ask(address);
      assert.deepEqual([answer.status, answer.headers.get("location")], [301, to], address);
    }
  }
  const page = await ask("/plots/north/");
  assert.equal(await page.text(), built.read("plots/north/index.html"));
  assert.match(page.headers.get("content-security-policy"), POLICY);
  assert.equal(page.headers.get("referrer-policy"), "same-origin");
  assert.match(page.headers.get("cache-control"), ASK_AGAIN);
  assert.equal((await ask(`/${styleOf(built)}`)).headers.get("cache-control"), FOR_GOOD);
  const slash = await ask("/plots/north");
  assert.deepEqual([slash.status, slash.headers.get("location")], [301, "/plots/north/"]);
  const missing = await ask("/nowhere/");
  assert.deepEqual([missing.status, await missing.text()], [404, built.read("404.html")]);
  // What is not to be sent is not even uploaded.
  for (const own of [".guidewright", "firebase.json"]) assert.ok(hosting.ignore.some((pattern) => pattern.startsWith(own)), own);
});

test("Azure's settings have the keys that it documents, and the rules in the order in which it takes them", async () => {
  const built = await builtFor("azure-static-web-apps");
  const settings = built.json("staticwebapp.config.json");
  const known = ["trailingSlash", "routes", "navigationFallback", "responseOverrides", "globalHeaders", "mimeTypes"];
  assert.deepEqual(Object.keys(settings).filter((key) => !known.includes(key)), []);
  assert.equal(settings.trailingSlash, "always");
  assert.equal(settings.responseOverrides["404"].rewrite, "/404.html");
  assert.match(settings.globalHeaders["Content-Security-Policy"], POLICY);
  assert.ok(JSON.stringify(settings).length < 20_000, "Azure reads 20 kB at most");
  const first = (address) => settings.routes.find(({ route }) => (route.endsWith("*") ? address.startsWith(route.slice(0, -1)) : route === address));
  for (const [from, to] of Object.entries(MOVED)) {
    const rule = first(decodeURI(from)) ?? first(from);
    assert.deepEqual([rule?.redirect, rule?.statusCode], [to, 301], from);
  }
  assert.equal(first(`/${styleOf(built)}`).headers["Cache-Control"], FOR_GOOD);
  assert.equal(first("/plots/north/").headers["Referrer-Policy"], "same-origin");
  const keys = new Set(settings.routes.flatMap(Object.keys));
  assert.deepEqual([...keys].filter((key) => !["route", "redirect", "statusCode", "headers", "rewrite", "methods", "allowedRoles"].includes(key)), []);
});

test("CloudFront's function leads and finds as was meant", async () => {
  const built = await builtFor("s3");
  const { ask, size } = cloudfront(built.output);
  assert.ok(size < 10_240, "CloudFront takes 10 kB at most");
  for (const [from, to] of Object.entries(MOVED)) {
    for (const address of [from, from.slice(0, -1)]) {
      const answer = ask(address);
      assert.deepEqual([answer.statusCode, answer.headers.location?.value], [301, to], address);
    }
  }
  assert.equal(ask("/").uri, "/index.html");
  assert.equal(ask("/plots/north/").uri, "/plots/north/index.html");
  assert.equal(ask("/leaflets/caf%C3%A9%20menu.txt").uri, "/leaflets/caf%C3%A9%20menu.txt");
  assert.equal(ask("/.well-known/security.txt").uri, "/.well-known/security.txt");
  assert.deepEqual([ask("/visit").statusCode, ask("/visit").headers.location.value], [301, "/visit/"]);
  for (const hidden of ["/.guidewright.json", "/.host/cloudfront-function.js"]) assert.equal(ask(hidden).statusCode, 404, hidden);
  // Two slashes would lead to another host.
  assert.equal(ask("//evil.example/login").headers.location.value, "/evil.example/login/");
  // Names that every object in JavaScript has are addresses like others.
  assert.equal(ask("/constructor").statusCode, 301);
  const policy = built.json(".host/cloudfront-headers.json");
  assert.match(policy.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy, POLICY);
  assert.equal(policy.CustomHeadersConfig.Quantity, policy.CustomHeadersConfig.Items.length);
});

test("GitLab reads its rules, and no page stands in their way", async () => {
  const built = await builtFor("gitlab-pages");
  const lines = built.read("_redirects").split("\n").filter((line) => line && !line.startsWith("#"));
  for (const line of lines) assert.match(line, /^\/\S* (\/\S*|https:\/\/\S+) 301$/);
  const rules = Object.fromEntries(lines.map((line) => line.split(" ")));
  for (const [from, to] of Object.entries(MOVED)) {
    assert.equal(rules[from] ?? rules[decodeURI(from)], to, from);
    assert.ok(!built.has(`${decodeURI(from)}index.html`), `a page stands at ${from}`);
  }
});

test("below a base path the rules are, too", async () => {
  const base_url = "https://allotment.example/guide/";
  const { ask } = await cloudflare((await builtFor("cloudflare-pages", { base_url })).output);
  const moved = await ask("/guide/frogs/");
  assert.deepEqual([moved.status, moved.headers.get("location")], [301, "/guide/plots/pond/"]);
  const cloud = cloudfront((await builtFor("s3", { base_url })).output);
  assert.equal(cloud.ask("/guide/frogs/").headers.location.value, "/guide/plots/pond/");
  const routes = vercel((await builtFor("vercel", { base_url })).output);
  assert.equal(routes.ask("/guide/frogs/").headers.get("location"), "/guide/plots/pond/");
  assert.equal(routes.ask("/guide/plots/north/").headers.get("referrer-policy"), "same-origin");
});
