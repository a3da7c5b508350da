export const languages = [["en",""]];
// The search of a guidewright site, as a module without dependencies: search("words", { limit, lang, facets }).
// It reads the files beside it; src/search/format.rs describes them, and src/search/query.rs is this file in Rust.
// Nothing that is typed leaves the page.

const ROOT = "index.bin";
const WORDS = 0, POSTINGS = 1, CARDS = 2, FACETS = 3;
const FULL = 255, PREFIX = 200, ONE_EDIT = 204, FORM = 190, TWO_EDITS = 153;
const MOST_WORDS = 32;
const SILENT = /['`\u2018\u2019\u02bc\u00ad\u200b-\u200f\u2060\ufeff]/g;
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]/g;
const PAIRED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\u{20000}-\\u{2fa1f}";
const RUNS = new RegExp(`(?:(?=[\\p{Alphabetic}\\p{N}\\p{M}])[${PAIRED}])+|(?:(?![${PAIRED}])[\\p{Alphabetic}\\p{N}\\p{M}])+`, "gu");
const IS_PAIRED = new RegExp(`^[${PAIRED}]`, "u");
const LETTERS = { ß: "ss", ø: "o", æ: "ae", œ: "oe", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ς: "σ" };

/** The words of a text, by the rule of src/search/words.rs. */
export function words(text) {
  const found = [];
  const lower = text.normalize("NFKC").toLowerCase().normalize("NFC").replace(SILENT, "");
  for (const [run] of lower.matchAll(RUNS)) {
    const chars = [...run];
    if (IS_PAIRED.test(run)) {
      if (chars.length === 1) found.push(run);
      for (let i = 0; i + 1 < chars.length; i++) found.push(chars[i] + chars[i + 1]);
    } else {
      const plain = [...run.normalize("NFD").replace(ACCENTS, "").normalize("NFC")].slice(0, 32);
      const word = plain.map((char) => LETTERS[char] ?? char).join("");
      if (word) found.push(word);
    }
  }
  return found;
}

/** Reads a file beside this module. Another loader may be given in the options of `search`. */
const fetched = async (name) => {
  const answer = await fetch(new URL(name, import.meta.url), { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};

async function unpack(bytes) {
  // A server may have unpacked it already.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

class Cursor {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  byte() {
    if (this.at >= this.bytes.length) throw new Error("the search index is damaged");
    return this.bytes[this.at++];
  }
  number() {
    let number = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      number += (byte & 127) * scale;
      if (byte < 128) return number;
    }
  }
  take(length) {
    if (this.at + length > this.bytes.length) throw new Error("the search index is damaged");
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

const utf8 = new TextDecoder();

class Index {
  constructor(folder, load) {
    this.folder = folder;
    this.load = load;
    this.blocks = new Map();
  }

  async open() {
    const bytes = await unpack(await this.load(this.folder + ROOT));
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    this.root = JSON.parse(utf8.decode(bytes.subarray(4, 4 + length)));
    if (this.root.v !== 1) throw new Error("the search index is of another version");
    this.inline = bytes.subarray(4 + length);
    const whole = this.root.sizes.reduce((sum, size) => sum + size, 0);
    if (whole > this.inline.length) throw new Error("the search index is damaged");
    return this;
  }

  /** A block, read and decoded once. */
  block(kind, at) {
    const key = kind + "." + at;
    if (!this.blocks.has(key)) {
      const decoded = this.bytes(kind, at).then(DECODE[kind]);
      // What could not be read may be there the next time.
      decoded.catch(() => this.blocks.delete(key));
      this.blocks.set(key, decoded);
    }
    return this.blocks.get(key);
  }

  async bytes(kind, at) {
    const { words, terms, cards, sizes, names } = this.root;
    const number = [words.length, terms.length, cards.length].slice(0, kind).reduce((sum, count) => sum + count, at);
    if (sizes.length) {
      const start = sizes.slice(0, number).reduce((sum, size) => sum + size, 0);
      return this.inline.subarray(start, start + sizes[number]);
    }
    return unpack(await this.load(`${this.folder}${"vpcf"[kind]}${at}-${names.slice(number * 6, number * 6 + 6)}.bin`));
  }

  /** The words of the blocks in which words may begin like this. */
  async surfaces(start, end) {
    const { words } = this.root;
    const from = Math.max(0, last(words, start));
    let to = from;
    while (to + 1 < words.length && !less(end, words[to + 1])) to++;
    const blocks = await Promise.all(words.length ? span(from, to).map((at) => this.block(WORDS, at)) : []);
    return blocks.flat();
  }

  postings(term) {
    const at = last(this.root.terms, term);
    return this.block(POSTINGS, at).then((terms) => terms[term - this.root.terms[at]]);
  }

  card(doc) {
    const at = last(this.root.cards, doc);
    return this.block(CARDS, at).then((cards) => cards[doc - this.root.cards[at]]);
  }
}

const span = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Whether one word comes before another: by code points, as the index is sorted. */
function less(a, b) {
  if (typeof a !== "string") return a < b;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    // Surrogates stand for what comes after every other unit.
    const [xs, ys] = [x >= 0xd800 && x < 0xe000, y >= 0xd800 && y < 0xe000];
    if (x !== y) return xs === ys ? x < y : ys;
  }
  return a.length < b.length;
}

/** The last place whose value is not after the one asked for, or -1. */
function last(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (less(value, sorted[middle])) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

const DECODE = [
  (bytes) => {
    const cursor = new Cursor(bytes);
    const surfaces = [];
    let before = new Uint8Array(0);
    let term = 0;
    while (cursor.at < bytes.length) {
      const shared = cursor.number();
      const rest = cursor.take(cursor.number());
      const own = new Uint8Array(shared + rest.length);
      own.set(before.subarray(0, shared));
      own.set(rest, shared);
      const step = cursor.number();
      const zigzag = Math.floor(step / 2);
      term += zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2;
      const terms = [[term, FULL]];
      if (step % 2) {
        terms[0][1] = cursor.byte();
        for (let more = cursor.number(); more > 0; more--) terms.push([cursor.number(), cursor.byte()]);
      }
      surfaces.push({ word: utf8.decode(own), terms, df: cursor.number() });
      before = own;
    }
    return surfaces;
  },
  (bytes) => {
    const cursor = new Cursor(bytes);
    const terms = Array.from({ length: cursor.number() }, () => ({ count: cursor.number() }));
    for (const term of terms) term.docs = spread(Array.from({ length: term.count }, () => cursor.number()));
    for (const term of terms) term.impacts = cursor.take(term.count);
    for (const term of terms) term.sections = cursor.take(term.count);
    return terms;
  },
  (bytes) => JSON.parse(utf8.decode(bytes)),
  (bytes) => JSON.parse(utf8.decode(bytes)),
];

/** Numbers of documents from the gaps between them. */
function spread(gaps) {
  let next = 0;
  return gaps.map((gap) => (next += gap + 1) - 1);
}

/** Whether two words are as near as `most` edits: a letter more, less, another or two that changed places. */
function edits(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [earlier, above] = [[], span(0, b.length)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], earlier[j - 2] + 1);
    }
    if (Math.min(...row) > most) return most + 1;
    [earlier, above] = [above, row];
  }
  return above[b.length];
}

/** Whether two words may be forms of one: the same but for a short ending. */
export function isForm(a, b) {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return shared >= Math.max(4, a.length - 3) && a.length - shared <= 3 && b.length - shared <= 3;
}

/** The terms that a word may stand for, each with what it counts. */
async function meant(index, word, isLast) {
  const near = await index.surfaces(word, word);
  const exact = near.find((surface) => surface.word === word);
  if (exact) return { terms: exact.terms, df: exact.df };
  const chars = [...word];
  const best = (found, most, weight) => {
    found.sort((a, b) => b.df - a.df || (less(a.word, b.word) ? -1 : 1));
    return found.slice(0, most).map((surface) => [surface, weight]);
  };
  let found = [];
  if (isLast && chars.length > 1) {
    const begun = await index.surfaces(word, word + "\u{10ffff}");
    found = best(begun.filter((surface) => surface.word.startsWith(word)), 12, PREFIX);
  }
  if (!found.length && chars.length > 3) {
    const whole = index.root.sizes.length > 0;
    const all = await index.surfaces(whole ? "" : chars[0], whole ? "\u{10ffff}" : chars[0] + "\u{10ffff}");
    const most = chars.length > 7 ? 2 : 1;
    const at = [[], [], []];
    const forms = [];
    for (const surface of all) {
      const other = [...surface.word];
      const distance = edits(chars, other, most);
      if (distance <= most) at[distance].push(surface);
      else if (isForm(chars, other)) forms.push(surface);
    }
    found = [...best(at[1], 4, ONE_EDIT), ...best(forms, 4, FORM)];
    if (!found.length) found = best(at[2], 4, TWO_EDITS);
  }
  const terms = new Map();
  for (const [surface, weight] of found)
    for (const [term, own] of surface.terms)
      terms.set(term, Math.max(terms.get(term) ?? 0, Math.floor((own * weight) / FULL)));
  return { terms: [...terms], df: Math.max(0, ...found.map(([surface]) => surface.df)) };
}

const opened = new Map();

/** The index of a language: its own, or that of the site's first language. */
function open(lang, load) {
  const own = languages.find(([tag]) => tag === lang) ?? languages.find(([tag]) => tag.split("-")[0] === lang?.split("-")[0]);
  const folder = (own ?? languages[0])[1];
  if (!opened.has(load)) opened.set(load, new Map());
  const indexes = opened.get(load);
  if (!indexes.has(folder)) {
    const index = new Index(folder, load).open();
    index.catch(() => indexes.delete(folder));
    indexes.set(folder, index);
  }
  return indexes.get(folder);
}

const here = () => (typeof document === "undefined" ? undefined : document.documentElement.lang);

/** Reads the beginning of the index ahead, as when a reader comes to the field. */
export const init = ({ lang = here(), load = fetched } = {}) => open(lang, load).then(() => undefined);

/** The ways to narrow a search: `[{ name, title, values: [[title, documents], …] }]`. */
export async function facets({ lang = here(), load = fetched } = {}) {
  const index = await open(lang, load);
  const all = await index.block(FACETS, 0);
  return all.map(({ name, title, values }) => ({ name, title, values: values.map(([value, gaps]) => [value, spread(gaps)]) }));
}

/**
 * What is found, best first: `[{ url, title, kind, heading, excerpt, score }]`, with the number of all that
 * was found as `total`. `facets` narrows it: `{ kind: ["Support"] }`.
 */
export async function search(query, { limit = 10, lang = here(), facets: chosen = {}, load = fetched } = {}) {
  const index = await open(lang, load);
  const typed = words(query);
  const isOpen = /[\p{Alphabetic}\p{N}\p{M}]$/u.test(query);
  const unique = [...new Set(typed)].slice(0, MOST_WORDS);
  let groups = await Promise.all(unique.map((word) => meant(index, word, isOpen && word === typed.at(-1))));
  groups = groups.filter((group) => group.terms.length);
  const rare = groups.filter((group) => group.df <= index.root.common);
  if (rare.length) groups = rare;

  const among = await narrowed(index, chosen, { lang, load });
  const scores = new Map();
  await Promise.all(groups.map(async (group) => (group.postings = await Promise.all(group.terms.map(([term]) => index.postings(term))))));
  for (const group of groups) {
    const docs = Math.min(index.root.docs, group.postings.reduce((sum, own) => sum + own.docs.length, 0));
    group.idf = Math.round(256 * Math.log(1 + (index.root.docs - docs + 0.5) / (docs + 0.5)));
    group.best = new Map();
    group.postings.forEach(({ docs, impacts, sections }, i) => {
      for (let j = 0; j < docs.length; j++) {
        const counts = group.terms[i][1] * impacts[j];
        if (counts > (group.best.get(docs[j])?.[0] ?? 0)) group.best.set(docs[j], [counts, sections[j]]);
      }
    });
    for (const [doc, [counts]] of group.best)
      if (!among || among.has(doc)) scores.set(doc, (scores.get(doc) ?? 0) + group.idf * counts);
  }
  const ranked = [...scores].sort(([a, x], [b, y]) => y - x || a - b);
  const shown = await Promise.all(ranked.slice(0, limit).map(([doc, score]) => result(index, groups, doc, score)));
  // Whoever types a title means that page.
  const isExact = ({ title }) => words(title).join(" ") === typed.join(" ");
  const results = [...shown.filter(isExact), ...shown.filter((one) => !isExact(one))];
  results.total = ranked.length;
  return results;
}

/** The documents that have one of the chosen values of each facet; nothing where none is chosen. */
async function narrowed(index, chosen, options) {
  const names = Object.keys(chosen).filter((name) => chosen[name]?.length);
  if (!names.length) return null;
  const all = await facets(options);
  const sets = names.map((name) => {
    const values = all.find((facet) => facet.name === name)?.values ?? [];
    return new Set(values.filter(([value]) => chosen[name].includes(value)).flatMap(([, docs]) => docs));
  });
  return new Set([...sets[0]].filter((doc) => sets.every((set) => set.has(doc))));
}

async function result(index, groups, doc, score) {
  const [url, title, kind, excerpt, headings] = await index.card(doc);
  // The section for which the words of the query speak most.
  const votes = new Map();
  for (const { idf, best } of groups) {
    const own = best.get(doc);
    if (own) votes.set(own[1], (votes.get(own[1]) ?? 0) + idf * own[0]);
  }
  const [section] = [...votes].sort(([a, x], [b, y]) => y - x || a - b)[0] ?? [0];
  const heading = headings[section * 2 - 1] ?? "";
  return { url: heading ? `${url}#${headings[section * 2 - 2]}` : url, title, kind: index.root.kinds[kind] ?? "", heading, excerpt, score };
}
