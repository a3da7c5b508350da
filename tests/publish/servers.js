// The servers that send a site to its readers. Each gets a folder of its own, and is gone in the end.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { isRoot, start, temporary } from "./processes.js";

const write = (file, text) => (fs.writeFileSync(file, text), file);

/** Who may write by WebDAV. Both nginx and Apache read this form of a password. */
export const WRITER = { user: "anna", password: "correct-horse" };
const passwords = (folder) => {
  const digest = createHash("sha1").update(WRITER.password).digest("base64");
  return write(path.join(folder, "passwords"), `${WRITER.user}:{SHA}${digest}\n`);
};

/** nginx with `root` served, and `server` as the rest of its server block. */
export async function nginx(root, server, modules = []) {
  const folder = temporary("nginx");
  const held = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  const started = await start("nginx", (port) => {
    const settings = `
      ${modules.map((name) => `load_module /usr/lib/nginx/modules/ngx_http_${name}_module.so;`).join("\n")}
      daemon off; worker_processes 1; ${isRoot ? "user root;" : ""}
      pid ${folder}/pid; error_log stderr;
      events { worker_connections 256; }
      http {
        include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;
        ${held.join(" ")}
        server { listen 127.0.0.1:${port}; server_name localhost; root ${root}; ${server} }
      }`;
    return { command: "/usr/sbin/nginx", args: ["-c", write(path.join(folder, "nginx.conf"), settings), "-e", "stderr"] };
  });
  return { ...started, url: `http://127.0.0.1:${started.port}/` };
}

/** nginx that takes files by WebDAV into `root`. */
export function nginxDav(root) {
  const server = `
    location / {
      dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND OPTIONS; create_full_put_path on;
      dav_access user:rw group:r all:r; client_max_body_size 0;
      auth_basic "The allotment"; auth_basic_user_file ${passwords(temporary("passwords"))};
    }`;
  return nginx(root, server, ["dav_ext"]);
}

const APACHE = `mpm_event authz_core authz_host authz_user authn_core authn_file auth_basic alias brotli dav dav_fs
  deflate dir env expires filter headers mime negotiation rewrite setenvif autoindex`;

/** Apache with `root` served as a host for many does it: the folder's own .htaccess decides. */
export async function apache(root, rest = "") {
  const folder = temporary("apache");
  const modules = APACHE.split(/\s+/).map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  const started = await start("apache", (port) => {
    const settings = `
      ServerRoot ${folder}
      ServerName localhost
      Listen 127.0.0.1:${port}
      PidFile ${folder}/pid
      ErrorLog ${folder}/errors
      DefaultRuntimeDir ${folder}
      Mutex posixsem
      ${isRoot ? "User www-data\n Group www-data" : ""}
      StartServers 1
      ThreadsPerChild 8
      MinSpareThreads 1
      MaxSpareThreads 8
      MaxRequestWorkers 8
      ${modules.join("\n")}
      TypesConfig /etc/mime.types
      DocumentRoot ${root}
      DirectoryIndex index.html
      <Directory ${root}>
        Options Indexes FollowSymLinks
        AllowOverride All
        Require all granted
      </Directory>
      ${rest}\n`;
    return { command: "/usr/sbin/apache2", args: ["-X", "-f", write(path.join(folder, "apache.conf"), settings)] };
  });
  return { ...started, url: `http://127.0.0.1:${started.port}/` };
}

/** Apache that takes files by WebDAV into `root`. */
export function apacheDav(root) {
  const folder = temporary("dav");
  // It writes as another than root, who is running the tests.
  fs.chmodSync(folder, 0o777);
  fs.chmodSync(root, 0o777);
  return apache(root, `
      DavLockDB ${folder}/locks
      <Directory ${root}>
        Dav On
        AllowOverride None
        DirectoryIndex disabled
        AuthType Basic
        AuthName allotment
        AuthUserFile ${passwords(folder)}
        Require valid-user
      </Directory>`);
}

/** Caddy with `root` served, and `site` as the rest of its site block. */
export async function caddy(root, site) {
  const folder = temporary("caddy");
  const started = await start("caddy", (port) => {
    const settings = `{\n\tadmin off\n\tauto_https off\n}\nhttp://:${port} {\n\tbind 127.0.0.1\n\troot * ${root}\n\t${site}\n}\n`;
    const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    return { command: "caddy", args: ["run", "--config", write(path.join(folder, "Caddyfile"), settings), "--adapter", "caddyfile"], env };
  });
  return { ...started, url: `http://127.0.0.1:${started.port}/` };
}
