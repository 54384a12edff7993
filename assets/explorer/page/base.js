// The one name of the page, and what every view needs: data taken in, elements, words, numbers,
// the address. All text goes in through text nodes; nothing here or later writes markup.
"use strict";

const egov = { data: {}, views: {} };

// Data files call this with JSON as text; it is read when the first view asks for it.
egov.take = (name, text) => Object.defineProperty(egov.data, name, {
  configurable: true,
  get: () => {
    Object.defineProperty(egov.data, name, { value: JSON.parse(text) });
    return egov.data[name];
  },
});

// Rows of a table of a data file, as objects by column name; made once. Columns that are in
// `values` hold numbers into it.
egov.rows = (table) => {
  table.objects ??= table.rows.map((row) => Object.fromEntries(table.columns.map((name, i) =>
    [name, Object.hasOwn(table.values, name) && row[i] !== null ? table.values[name][row[i]] : row[i]])));
  return table.objects;
};

// Rows of a table of a data file whose columns have the wanted values; found through a map that is
// made once for each set of columns.
egov.about = (file, table, wanted) => {
  const held = egov.data[file][table];
  const names = Object.keys(wanted);
  const key = (row) => names.map((name) => row[name]).join("\n");
  held.maps ??= new Map();
  if (!held.maps.has(names.join())) {
    const map = new Map();
    for (const row of egov.rows(held)) map.set(key(row), [...(map.get(key(row)) ?? []), row]);
    held.maps.set(names.join(), map);
  }
  return held.maps.get(names.join()).get(key(wanted)) ?? [];
};

// The sentences of a text that is folded to wordings and numbers, with the name of its body.
egov.unfolded = (folded, name) => {
  if (typeof folded === "string") return [folded];
  const sentences = [];
  for (let i = 0; i < folded.length; i += 2) {
    const numbers = folded[i + 1].split(" ");
    sentences.push(egov.data.changes.wordings[folded[i]].replace(/\ue001/g, () => numbers.shift())
      .replaceAll("\ue000", () => name));
  }
  return sentences;
};

// --- elements ----------------------------------------------------------------------------------

egov.fill = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
};
egov.h = (tag, attributes, ...children) =>
  egov.fill(document.createElement(tag), attributes, children);
egov.svg = (tag, attributes, ...children) =>
  egov.fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// --- the address: #/view?name=value ----------------------------------------------------------------

// Values that stay when the view changes.
egov.lasting = ["lang", "theme"];

egov.address = () => {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { view: path || "ranking", params: new URLSearchParams(query ?? "") };
};

egov.href = (view, values = {}) => {
  const params = new URLSearchParams();
  const now = egov.address().params;
  for (const name of egov.lasting) if (now.get(name)) params.set(name, now.get(name));
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") params.set(name, value);
    else params.delete(name);
  }
  const query = params.toString();
  return `#/${view}${query ? `?${query}` : ""}`;
};

// Change values of the present view in place; the back button skips such steps.
egov.change = (values) => {
  const { view, params } = egov.address();
  location.replace(egov.href(view, { ...Object.fromEntries(params), ...values }));
};

// --- words and numbers -----------------------------------------------------------------------------

egov.lang = () => (egov.address().params.get("lang") === "en" ? "en" : "vi");
egov.pick = (pair) => pair[egov.lang() === "vi" ? 0 : 1];

// A wording of words.yaml, with {names} filled in.
egov.t = (key, values = {}) =>
  egov.pick(egov.data.words.words[key]).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// What a code is called; a code without a label is shown as it is.
egov.label = (kind, code, series) => {
  const labels = egov.data.words.labels[kind];
  const pair = (Object.hasOwn(labels, `${series}/${code}`) && labels[`${series}/${code}`])
    || (Object.hasOwn(labels, code) && labels[code]);
  return pair ? egov.pick(pair) : String(code ?? "");
};

// A phrase of the ledger whose numbers differ from row to row.
egov.phrase = (text) => {
  const numbers = text.match(/\d+/g) ?? [];
  const pair = egov.data.words.labels.phrase[text.replace(/\d+/g, "#")];
  return pair ? egov.pick(pair).replace(/#/g, () => numbers.shift()) : text;
};

// A share between 0 and 1 in text as a percentage, every digit kept.
egov.percent = (value) => {
  const [whole, part = ""] = value.split(".");
  const [moved, rest] = [BigInt(whole + part.padEnd(2, "0").slice(0, 2)), part.slice(2).replace(/0+$/, "")];
  return `${egov.number(rest ? `${moved}.${rest}` : `${moved}`)} %`;
};

// A decimal in text as readers of the language write it: 1 234,5 or 1,234.5. Digits are kept.
egov.number = (value) => {
  if (value === null || value === undefined) return "";
  const [whole, part] = String(value).split(".");
  const vi = egov.lang() === "vi";
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, vi ? "." : ",");
  return grouped.replace("-", "\u2212") + (part === undefined ? "" : (vi ? "," : ".") + part);
};
egov.signed = (value) =>
  (Number(value) > 0 ? `+${egov.number(value)}` : egov.number(value));

// A day as readers of the language write it.
egov.day = (iso) => (iso && egov.lang() === "vi" ? iso.split("-").reverse().join("/") : iso);

// Text without marks and case, for search: đ too.
egov.folded = (text) => String(text).normalize("NFD").replace(/[\u0300-\u036f]/g, "")
  .replace(/[đĐ]/g, "d").toLowerCase();

egov.sorted = (items, key) => {
  const compare = (a, b) => (typeof a === "number" && typeof b === "number"
    ? a - b : String(a).localeCompare(String(b), "vi"));
  return [...items].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === null || right === null) return (left === null) - (right === null);
    return compare(left, right);
  });
};
