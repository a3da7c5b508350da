// What the hosts that nobody can run at home make of a site, in as far as they have published it: each reads
// the built folder with its own program and answers an address.
import { build } from "esbuild";
import { getTransformedRoutes } from "@vercel/routing-utils";
import fs from "node:fs";
import path from "node:path";
import superstatic from "superstatic";
import { filesOf, listen, temporary } from "./processes.js";

/** Cloudflare's own readers and its own server of files, packed into one module. */
async function cloudflareModule() {
  const outfile = path.join(temporary("cloudflare"), "pages.mjs");
  const contents = `
    export { parseRedirects } from "cloudflare-parsers/metadata-generator/parseRedirects";
    export { parseHeaders } from "cloudflare-parsers/metadata-generator/parseHeaders";
    export { createMetadataObject } from "@cloudflare/pages-shared/dist/metadata-generator/createMetadataObject.js";
    export { generateHandler } from "@cloudflare/pages-shared/dist/asset-server/handler.js";`;
  await build({ stdin: { contents, resolveDir: import.meta.dirname }, bundle: true, format: "esm", platform: "node", outfile });
  return import(outfile);
}

/** A site on Cloudflare Pages: the lines that it could not read, and its answers. */
export async function cloudflare(folder) {
  const { createMetadataObject, generateHandler, parseHeaders, parseRedirects } = await cloudflareModule();
  const files = filesOf(folder);
  const [redirects, headers] = [parseRedirects(files.get("_redirects").toString()), parseHeaders(files.get("_headers").toString())];
  // These two are read and not sent.
  for (const own of ["_redirects", "_headers"]) files.delete(own);
  const metadata = createMetadataObject({ redirects, headers });
  const ask = (address) =>
    generateHandler({
      request: new Request(`https://allotment.example${address}`),
      metadata,
      logError: (error) => console.error(error),
      findAssetEntryForPath: async (file) => (files.has(file.slice(1)) ? file.slice(1) : null),
      getAssetKey: (file) => file,
      negotiateContent: () => ({ encoding: null }),
      fetchAsset: async (file) => ({ body: files.get(file), contentType: file.endsWith(".html") ? "text/html" : "text/plain" }),
    });
  return { invalid: [...redirects.invalid, ...headers.invalid], rules: redirects.rules, ask };
}

/** A site on Vercel: what its reader says against it, and where it leads an address and with which headers.
 * The files themselves it does not look at. */
export function vercel(folder) {
  const settings = JSON.parse(fs.readFileSync(path.join(folder, "vercel.json"), "utf8"));
  const { routes, error } = getTransformedRoutes(settings);
  const ask = (address) => {
    const headers = new Headers();
    for (const route of routes) {
      const match = new RegExp(route.src).exec(address);
      if (!match) continue;
      for (const [name, value] of Object.entries(route.headers ?? {})) {
        headers.set(name, value.replace(/\$(\d)/g, (_, group) => match[group] ?? ""));
      }
      if (!route.continue) return { status: route.status ?? 200, headers };
    }
    return { status: 200, headers };
  };
  return { settings, error, ask };
}

/** A site on Firebase Hosting, served by the program with which Firebase lets it be tried. */
export async function firebase(folder) {
  const { hosting } = JSON.parse(fs.readFileSync(path.join(folder, "firebase.json"), "utf8"));
  const app = superstatic.server({ cwd: folder, config: hosting, compression: false, hostname: "127.0.0.1", port: 0 });
  const port = await listen(app, () => app.listen());
  return { hosting, ask: (address) => fetch(`http://127.0.0.1:${port}${address}`, { redirect: "manual" }) };
}

/** CloudFront's function, called with what CloudFront calls it with. */
export function cloudfront(folder) {
  const text = fs.readFileSync(path.join(folder, ".host/cloudfront-function.js"), "utf8");
  const handler = new Function(`${text}; return handler;`)();
  return {
    ask: (uri) => handler({ version: "1.0", request: { method: "GET", uri, querystring: {}, headers: {}, cookies: {} } }),
    size: Buffer.byteLength(text),
  };
}
