// The reconciliation ledger: what was printed, what it should be by its own figures, and why.
"use strict";

egov.ledgerShown = 100;

// Rules in words: one may be made of two, and some share their beginning and one word (name*).
egov.rule = (code) => code.split(": ").map((name) => {
  const names = Object.keys(egov.data.words.labels.rule);
  const many = names.find((each) => each.endsWith("*") && name.startsWith(each.slice(0, -1)));
  return egov.label("rule", names.includes(name) ? name : many ?? name);
}).join(": ");

// Findings first, the latest year first; what could not be checked and what matches last.
egov.classOrder = ["unexplained", "source_error", "sources_differ", "ocr", "tie_rule", "rounding", "not_recomputable", "match"];

egov.ledgerFilters = ["year", "class", "item"];

egov.views.ledger = (main) => {
  const fields = egov.ledgerFilters.map((name) => [name,
    egov.select(`ledger-${name}`, egov.t(name), (value) => egov.change({ [name]: value, all: "" }))]);
  const search = egov.search("q", egov.t("search_ledger"), (q) => egov.change({ q }));
  const results = egov.h("div", { id: "results" });
  main.append(egov.heading(egov.t("nav_ledger")), egov.note(egov.t("ledger_note")),
    egov.h("div", { class: "fields" }, fields.map(([, field]) => field.node), search.node), results);
  return (params) => {
    const rows = egov.rows(egov.data.ledger.ledger);
    for (const [name, field] of fields) {
      const codes = [...new Set(rows.map((row) => String(row[name])))].sort();
      const extra = name === "class" ? [{ value: "", text: egov.t("all_but_match") }, { value: "any", text: egov.t("all") }]
        : [{ value: "", text: egov.t("all") }];
      field.refill([...extra, ...codes.map((code) => ({
        value: code, text: name === "year" ? code : egov.label(name, code),
      }))], params.get(name) ?? "");
    }
    search.refill(params.get("q") ?? "");
    egov.keepingFocus(() => results.replaceChildren(...egov.ledger(egov.ledgerRows(rows, params), params)));
  };
};

egov.ledgerRows = (rows, params) => {
  const folded = egov.folded(params.get("q") ?? "");
  const [year, kind, item, body] = ["year", "class", "item", "body"].map((name) => params.get(name));
  return rows.filter((row) => (!year || row.year === Number(year)) && (!item || row.item === item)
    && (!body || row.body_code === body)
    && (kind === "any" || (kind ? row.class === kind : row.class !== "match"))
    && (!folded || egov.bodyMatches(row.body_code, folded)
      || egov.folded(`${row.subject} ${row.printed} ${row.table_no} ${row.note}`).includes(folded)));
};

egov.ledger = (rows, params) => {
  const columns = egov.ledgerColumns();
  const sort = { key: params.get("sort") ?? "", dir: params.get("dir") ?? "asc" };
  const ordered = sort.key ? egov.ordered(rows, columns, sort)
    : egov.sorted(rows, (row) => egov.classOrder.indexOf(row.class) * 10_000 - row.year);
  const shown = params.get("all") ? ordered : ordered.slice(0, egov.ledgerShown);
  const body = params.get("body");
  return [
    body ? egov.h("ul", { class: "chips" }, egov.h("li", null, egov.bodyName(body),
      egov.h("button", { type: "button", id: "drop-body", "aria-label": egov.t("drop_body", { name: egov.bodyName(body) }), click: () => egov.change({ body: "" }) }, "×"))) : null,
    egov.h("p", { role: "status" }, egov.t("rows_found", { n: egov.number(rows.length), m: egov.number(shown.length) })),
    egov.table({ caption: egov.t("nav_ledger"), columns, rows: shown, sort, hidden: true }),
    shown.length < rows.length ? egov.h("button", { type: "button", id: "all", click: () => egov.change({ all: "1" }) }, egov.t("show_all")) : null,
  ].filter(Boolean);
};

// What a row is about beyond its body: nothing that the body's own column says already.
egov.subject = (row) => {
  if (row.subject === null || row.subject === row.body_code || row.subject === row.printed) return "";
  if (egov.body(row.subject)) return egov.bodyName(row.subject);
  return Object.hasOwn(egov.data.words.labels.measure, row.subject) ? egov.label("measure", row.subject) : egov.phrase(row.subject);
};
egov.ledgerNote = (note) => {
  const { notes } = egov.data.ledger;
  return egov.lang() === "vi" && Object.hasOwn(notes, note) ? notes[note] : egov.phrase(note);
};

egov.ledgerColumns = () => [
  {
    key: "body", title: egov.t("body"), head: true, value: (r) => egov.bodyName(r.body_code),
    cell: (r) => (egov.body(r.body_code) ? egov.h("a", { href: egov.href("body", { body: r.body_code }) }, egov.bodyName(r.body_code)) : egov.t("whole_list")),
  },
  { key: "year", title: egov.t("year"), value: (r) => r.year, cell: (r) => r.year },
  { key: "class", title: egov.t("class"), value: (r) => r.class, cell: (r) => egov.h("span", { class: `class ${r.class}` }, egov.label("class", r.class)) },
  { key: "item", title: egov.t("item"), value: (r) => r.item, cell: (r) => [egov.label("item", r.item), egov.small([r.category === "none" ? null : egov.label("category", r.category, r.index_code), /^\d/.test(r.table_no) ? egov.t("table_no", { n: r.table_no }) : null].filter(Boolean).join(" · ")), egov.small(egov.subject(r))] },
  { title: egov.t("printed"), cell: (r) => egov.sourced(r.printed ?? egov.t("nothing_printed"), r.place) },
  { title: egov.t("recomputed"), cell: (r) => r.recomputed ?? egov.small(egov.t("cannot")) },
  { title: egov.t("why"), wide: true, cell: (r) => [egov.rule(r.rule), r.note ? egov.small(egov.ledgerNote(r.note)) : null] },
];
