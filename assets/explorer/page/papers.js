// What stands behind the figures: dictionary, methods, sources, audit.
"use strict";

egov.tabs = ["methods", "dictionary", "sources", "audit"];

egov.views.papers = (main) => {
  const results = egov.h("div", { id: "results" });
  const tabs = egov.h("ul", { class: "tabs" });
  const search = egov.search("q", egov.t("search_text"), (q) => egov.change({ q }));
  const pick = egov.select("set", egov.t("set"), (set) => egov.change({ set }));
  const fields = egov.h("div", { class: "fields" }, search.node);
  main.append(egov.heading(egov.t("nav_papers")), tabs, fields, results);
  return (params) => {
    const tab = egov.tabs.includes(params.get("tab")) ? params.get("tab") : egov.tabs[0];
    tabs.replaceChildren(...egov.tabs.map((name) => egov.h("li", null, egov.h("a", {
      href: egov.href("papers", { tab: name }), "aria-current": name === tab ? "page" : null,
    }, egov.t(`tab_${name}`)))));
    search.refill(params.get("q") ?? "");
    const audit = tab === "audit";
    const field = audit ? pick.node : search.node;
    if (field !== fields.firstChild) fields.replaceChildren(field);
    results.replaceChildren(...(audit ? egov.paper_audit(params, pick) : egov[`paper_${tab}`](egov.folded(params.get("q") ?? ""))));
  };
};

egov.says = (folded, ...texts) => !folded || texts.some((text) => egov.folded(text ?? "").includes(folded));

egov.paper_dictionary = (folded) => {
  const own = egov.lang();
  return egov.data.papers.dictionary.map((table) => {
    const rows = egov.rows(table.columns).filter((c) => egov.says(folded, table.name, table.vi, c.name, c.vi, c.en));
    return rows.length ? egov.h("details", { open: folded ? true : null },
      egov.h("summary", null, egov.h("code", null, table.name), " ", table[own]),
      egov.table({
        caption: table.name, hidden: true, rows,
        columns: [
          { title: egov.t("column"), head: true, cell: (c) => egov.h("code", null, c.name) },
          { title: egov.t("type"), cell: (c) => [c.type, c.unit ? ` (${c.unit})` : "", c.nullable ? egov.small(egov.t("nullable")) : null] },
          { title: egov.t("meaning"), cell: (c) => c[own] },
        ],
      })) : null;
  }).filter(Boolean);
};

egov.paper_methods = (folded) => egov.data.papers.methods.map((method, i) => {
  const own = egov.lang();
  const nodes = egov.rows(method.nodes).filter((n) => egov.says(folded, n.slug, n.name_vi, n.name_en));
  if (!nodes.length) return null;
  const span = method.valid_to === method.valid_from ? method.valid_from : `${method.valid_from}–${method.valid_to ?? ""}`;
  return egov.h("details", { open: folded ? true : null },
    egov.h("summary", null, method[own]),
    egov.h("ul", { class: "facts" }, egov.h("li", null, method.decision), egov.h("li", null, span),
      egov.h("li", null, egov.label("block", method.block)), egov.h("li", { class: "code" }, `sha256 ${method.sha256.slice(0, 16)}`)),
    method.notes.map((note) => egov.note(egov.pick(note))),
    egov.table({
      caption: egov.t("criteria"), rows: nodes, id: `method${i}`,
      columns: [
        { title: egov.t("criterion"), head: true, cell: (n) => egov.h("span", { class: `depth-${n.depth}` }, own === "vi" ? n.name_vi : n.name_en, egov.small(n.slug)) },
        { title: egov.t("formula"), cell: (n) => egov.label("formula_kind", n.kind) },
        { title: egov.t("max_points"), number: true, cell: (n) => (n.max_points === null ? egov.small(egov.t(n.kind === "unscored" ? "no_points" : "not_known")) : [egov.number(n.max_points), n.max_from ? egov.small(egov.t(`max_${n.max_from}`)) : null]) },
        { title: egov.t("inputs"), cell: (n) => n.inputs.map((text) => egov.h("div", { class: "code" }, text)) },
        { title: egov.t("basis"), cell: (n) => egov.label("basis", n.basis) },
      ],
    }),
    egov.h("h3", null, egov.t("evidence")),
    egov.h("dl", null, method.evidence.map(([code, vi, en]) => [egov.h("dt", { class: "code" }, code), egov.h("dd", null, own === "vi" ? vi : en)])),
    egov.h("h3", null, egov.t("sources")),
    egov.h("ul", null, method.sources.map(([, document, part, address]) => egov.h("li", null, `${document}; ${part}`, egov.small(address)))));
}).filter(Boolean);

egov.paper_sources = (folded) => [egov.table({
  caption: egov.t("tab_sources"),
  rows: egov.rows(egov.data.core.files).filter((f) => egov.says(folded, f.file_name, f.issuer, f.document_no, f.source_ref)),
  columns: [
    { title: egov.t("source_file"), head: true, cell: (f) => [f.file_name, egov.h("small", { class: "code" }, f.file_sha256.slice(0, 16))] },
    { title: egov.t("source_issuer"), cell: (f) => f.issuer },
    { title: egov.t("source_document"), cell: (f) => [f.document_no ?? egov.t("without_number"), egov.small(egov.day(f.document_date))] },
    { title: egov.t("source_from"), cell: (f) => f.source_ref },
    { title: egov.t("source_licence"), cell: (f) => f.licence },
    { title: egov.t("source_received"), cell: (f) => egov.day(f.received_at) },
  ],
})];
