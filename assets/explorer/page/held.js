// What is held of a body beside its ranks: the other universe, reports, what was observed, ledger.
"use strict";

egov.otherUniverse = (code) => {
  const mine = new Set([code, egov.body(code).successor_code]);
  const rows = egov.rows(egov.data.certainty.other_universe).filter((row) => mine.has(row.body_code) && row.value !== null
    && (row.body_code === code || row.former_codes.split(" ").includes(code)));
  if (!rows.length) return [egov.note(egov.t("no_other_universe"))];
  return [egov.note(egov.t("made_list")), egov.table({
    caption: egov.t("other_universe"), hidden: true, rows,
    columns: [
      { title: egov.t("year"), cell: (r) => r.assessment_year },
      { title: egov.t("category"), head: true, cell: (r) => [egov.label("category", r.category, r.index_code), egov.small(egov.label("index_code", r.index_code))] },
      { title: egov.t("body"), cell: (r) => [egov.bodyName(r.body_code), egov.small(r.former_codes.split(" ").map(egov.bodyName).join(", "))] },
      { title: egov.t("value"), number: true, cell: (r) => egov.number(r.value) },
      { title: egov.t("rank"), number: true, cell: (r) => (r.rank === null ? egov.small(egov.t("no_rank")) : egov.number(r.rank)) },
      { title: egov.t("published"), number: true, cell: (r) => (r.published_value === null && r.published_rank === null ? egov.small(egov.label("value_status", "not_published"))
        : [egov.number(r.published_value), egov.small(r.published_rank === null ? "" : egov.t("rank_n", { n: r.published_rank }))]) },
      { title: egov.t("comparison"), cell: (r) => (r.class === "not_published" ? egov.small(egov.label("value_status", "not_published")) : egov.label("class", r.class)) },
    ],
  })];
};

egov.reported = (code) => {
  const rows = egov.about("bodies", "observations", { body: code });
  const scores = egov.about("bodies", "scores", { body: code });
  if (!rows.length && !scores.length) return [egov.note(egov.t("no_reports"))];
  return [scores.length ? egov.table({
    caption: egov.t("scores"), rows: scores,
    columns: [
      { title: egov.t("year"), cell: (r) => r.year },
      { title: egov.t("criterion"), head: true, cell: (r) => (egov.lang() === "vi" ? r.criterion_vi : r.criterion_en) },
      { title: egov.t("points"), number: true, cell: (r) => (r.points === null ? egov.small(egov.label("score_status", r.score_status)) : egov.number(r.points)) },
      { title: egov.t("max_points"), number: true, cell: (r) => egov.number(r.max_points) },
      { title: egov.t("rank"), number: true, cell: (r) => (r.rank === null ? egov.small(egov.t("no_rank")) : egov.number(r.rank)) },
    ],
  }) : null, rows.length ? egov.table({
    caption: egov.t("observations"), rows,
    columns: [
      { title: egov.t("year"), cell: (r) => r.year },
      { title: egov.t("input"), head: true, cell: (r) => egov.h("code", null, r.input_code) },
      { title: egov.t("figure"), number: true, cell: (r) => (r.value === null ? egov.small(egov.label("observation_state", r.observation_state)) : [egov.number(r.value), ` ${egov.label("unit", r.unit)}`]) },
      { title: egov.t("state"), cell: (r) => egov.label("observation_state", r.observation_state) },
      { title: egov.t("as_written"), cell: (r) => [r.raw_text, egov.small([r.sheet_name, r.cell_ref].filter(Boolean).join(" "))] },
    ],
  }) : null];
};

// A source may state some figures of a row and not others: of these the status of the row does not speak.
egov.counted = (row, name, status) => {
  if (row[name] !== null) return egov.sourced(egov.number(row[name]), row.place);
  return egov.small(egov.label("value_status", ["reported", "approximate"].includes(row[status]) ? "not_stated" : row[status]));
};

// Services of the catalogue and cases of the year: made of what bodies hand in, never of what is printed.
egov.catalogued = (code) => {
  const [totals, ranks] = ["catalogued", "service_ranks"].map((name) => egov.about("bodies", name, { body: code }));
  const figure = (name, value) => (["online_share", "on_time_share"].includes(name) ? egov.percent(value) : egov.number(value));
  const known = (name, absent, months) => ({ title: egov.t(name), number: true, cell: (r) => (r[name] === null ? egov.small(absent(r))
    : [figure(name, r[name]), egov.small(months && r[months] < 12 ? egov.t("months_n", { n: r[months] }) : "")]) });
  return [totals.length ? egov.table({ caption: egov.t("catalogued"), rows: totals, columns: [
    { title: egov.t("year"), head: true, cell: (r) => [r.year, egov.small([egov.label("universe", r.universe), r.counted_from && egov.label("counted_from", r.counted_from)].filter(Boolean).join(", "))] },
    known("services_total", (r) => egov.label("services_status", r.services_status)),
    known("services_online_cases", (r) => egov.label("service_cases_status", r.service_cases_status)),
    known("cases_online", (r) => egov.label("online_status", r.online_status), "months_online"),
    known("cases_total", (r) => egov.label("total_status", r.total_status), "months_total"),
    known("online_share", (r) => egov.label("online_share_status", r.online_share_status)),
    known("on_time_share", (r) => egov.label("on_time_status", r.on_time_status)),
  ] }) : null, ranks.length ? egov.table({ caption: egov.t("service_ranks"), rows: ranks, columns: [
    { title: egov.t("year"), cell: (r) => r.year },
    { title: egov.t("ranked_by"), head: true, cell: (r) => [egov.label("ranking", r.ranking), egov.small(egov.label("universe", r.universe))] },
    { title: egov.t("rank"), number: true, cell: (r) => (r.rank === null ? egov.small(egov.label("rank_state", r.rank_state)) : egov.number(r.rank)) },
    { title: egov.t("figure"), number: true, cell: (r) => (r.rank_key === null ? egov.small(egov.label("rank_state", r.rank_state)) : figure(r.rank_measure, r.rank_key)) },
    { title: egov.t("bodies_with_figure"), cell: (r) => [egov.t("n_of_m", { n: r.bodies_held, m: r.bodies_listed }), egov.small(r.is_partial ? egov.t("part_of_year") : "")] },
  ] }) : null].filter(Boolean);
};

egov.observed = (code) => {
  const [services, cases, websites, checks, uptime] = ["services", "cases", "websites", "checks", "uptime"]
    .map((name) => egov.about("bodies", name, { body: code }));
  const tables = [];
  if (websites.length) {
    tables.push(egov.table({ caption: egov.t("websites"), rows: websites, columns: [
      { title: egov.t("year"), cell: (r) => r.year },
      { title: egov.t("website_printed"), head: true, cell: (r) => egov.sourced(r.website ?? egov.t("nothing_printed"), r.place) },
      { title: egov.t("website_registered"), cell: (r) => r.registered_website ?? egov.small(egov.t("not_known")) },
      { title: egov.t("belongs_to"), cell: (r) => (r.belongs_to_body ? egov.bodyName(r.belongs_to_body) : egov.small(egov.t("not_known"))) },
    ] }));
  }
  if (services.length) {
    tables.push(egov.table({ caption: egov.t("services"), rows: services, columns: [
      { title: egov.t("year"), head: true, cell: (r) => r.year },
      ...["level3", "level4", "total"].map((name) => ({ title: egov.t(name), number: true, cell: (r) => egov.counted(r, name, "value_status") })),
      { title: egov.t("rank"), number: true, cell: (r) => (r.published_rank === null ? egov.small(egov.label("rank_status", r.rank_status)) : egov.sourced(egov.number(r.published_rank), r.place)) },
    ] }));
  }
  if (cases.length) {
    tables.push(egov.table({ caption: egov.t("cases"), rows: cases, columns: [
      { title: egov.t("year"), cell: (r) => r.year },
      { title: egov.t("level"), head: true, cell: (r) => egov.label("level", r.level) },
      ...["services_online_cases", "online_cases", "all_cases", "online_share_pct"].map((name) => ({ title: egov.t(name), number: true, cell: (r) => egov.counted(r, name, "status") })),
    ] }));
  }
  tables.push(...egov.catalogued(code));
  if (checks.length) {
    tables.push(egov.table({ caption: egov.t("checks"), rows: checks, columns: [
      { title: egov.t("year"), cell: (r) => r.year },
      { title: egov.t("check"), head: true, cell: (r) => egov.pick(egov.data.bodies.check_names[r.check_id] ?? [r.check_id, r.check_id]) },
      { title: egov.t("answer"), cell: (r) => egov.label("check_answer", r.check_answer) },
      { title: egov.t("evidence"), cell: (r) => [r.evidence_url, egov.small(r.deciding_words)] },
      { title: egov.t("rounds"), cell: (r) => egov.t("n_of_m", { n: r.rounds_observed, m: r.rounds_held }) },
    ] }));
  }
  if (uptime.length) {
    tables.push(egov.table({ caption: egov.t("uptime"), rows: uptime, columns: [
      { title: egov.t("year"), cell: (r) => r.year },
      { title: egov.t("target"), head: true, cell: (r) => [egov.label("target_kind", r.target_kind), egov.small(r.service_name ?? r.url)] },
      { title: egov.t("up"), cell: (r) => (r.uptime === null ? egov.small(egov.label("uptime_status", r.uptime_status)) : egov.t("n_of_m", { n: r.rounds_up, m: r.rounds_measured })) },
      { title: egov.t("stability"), cell: (r) => egov.label("stability", r.stability) },
    ] }));
  }
  return [...tables, checks.length || uptime.length ? null : egov.note(egov.t("no_visits")), tables.length ? null : egov.note(egov.t("nothing_observed"))];
};

egov.ledgerOf = (code) => {
  const rows = egov.rows(egov.data.ledger.ledger).filter((row) => row.body_code === code);
  const open = rows.filter((row) => row.class !== "match");
  const all = egov.h("p", null, egov.h("a", { href: egov.href("ledger", { body: code, class: "any" }) }, egov.t("all_checks", { n: rows.length })));
  if (!open.length) return [egov.note(egov.t("no_findings", { n: rows.length })), all];
  return [egov.table({ caption: egov.t("ledger_of_body"), hidden: true, columns: egov.ledgerColumns().filter((c) => c.key !== "body").map(({ key, ...c }) => ({ ...c, head: key === "item" })), rows: open }), all];
};
