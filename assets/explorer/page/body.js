// One body: profile, history, why it moved, what it reported, what was observed, what the ledger says.
"use strict";

egov.views.body = (main) => {
  const pick = egov.select("body", egov.t("body"), (body) => egov.change({ body, year: "", index: "" }));
  const results = egov.h("div", { id: "results" });
  const head = egov.h("div", null);
  main.append(head, egov.h("div", { class: "fields" }, pick.node), results);
  return (params) => {
    const code = egov.body(params.get("body")) ? params.get("body") : "P-10";
    pick.refill(egov.bodyOptions(), code);
    head.replaceChildren(egov.heading(egov.bodyName(code)), egov.identity(egov.body(code)));
    egov.keepingFocus(() => results.replaceChildren(...egov.bodyPage(code, params)));
  };
};

egov.identity = (body) => egov.h("ul", { class: "facts" },
  egov.h("li", { class: "code" }, body.body_code), egov.h("li", null, egov.label("block", body.block)),
  body.valid_from ? egov.h("li", null, egov.t("since", { day: egov.day(body.valid_from) })) : null,
  body.valid_to ? egov.h("li", null, egov.t("until", { day: egov.day(body.valid_to) })) : null,
  body.successor_code ? egov.h("li", null, egov.t("successor"), " ",
    egov.h("a", { href: egov.href("body", { body: body.successor_code }) }, egov.bodyName(body.successor_code), ` (${body.successor_code})`)) : null,
  [...egov.model().bodies.values()].filter((other) => other.successor_code === body.body_code).map((other) =>
    egov.h("li", null, egov.t("formerly"), " ", egov.h("a", { href: egov.href("body", { body: other.body_code }) }, egov.bodyName(other.body_code), ` (${other.body_code})`))));

egov.section = (id, title, ...content) => {
  const kept = content.flat().filter((each) => each !== null && each !== undefined);
  return egov.h("section", { "aria-labelledby": id }, egov.h("h2", { id }, title), kept);
};

egov.bodyPage = (code, params) => {
  const values = egov.model().byBody.get(code) ?? [];
  return [
    egov.section("h-profile", egov.t("profile"), egov.profile(code, values, params)),
    egov.section("h-moves", egov.t("why_moved"), egov.moves(code)),
    egov.section("h-history", egov.t("history"), egov.histories(values)),
    egov.section("h-other", egov.t("other_universe"), egov.otherUniverse(code)),
    egov.section("h-reported", egov.t("reported"), egov.reported(code)),
    egov.section("h-observed", egov.t("observed"), egov.observed(code)),
    egov.section("h-ledger", egov.t("ledger_of_body"), egov.ledgerOf(code)),
  ];
};

// --- profile --------------------------------------------------------------------------------------

egov.profile = (code, values, params) => {
  if (!values.length) return [egov.note(egov.t("nothing_published"))];
  const sets = egov.sorted([...new Map(values.map((v) => [`${v.of.index_code} ${v.of.assessment_year}`, v.of])).values()],
    (list) => -list.assessment_year);
  const most = (list) => values.filter((v) => !v.of.is_partial && v.of.assessment_year === list.assessment_year && v.of.index_code === list.index_code).length;
  const asked = `${params.get("index")} ${params.get("year")}`;
  const name = (list) => `${list.index_code} ${list.assessment_year}`;
  const set = sets.find((list) => name(list) === asked) ?? egov.sorted(sets, (list) => -most(list))[0];
  const pick = egov.select("set", egov.t("year_and_index"), (value) => {
    const [index, year] = value.split(" ");
    egov.change({ index, year });
  });
  pick.refill(sets.map((list) => ({ value: name(list), text: `${list.assessment_year} · ${egov.label("index_code", list.index_code)}` })), name(set));
  const own = values.filter((v) => v.of.index_code === set.index_code && v.of.assessment_year === set.assessment_year);
  const order = new Map(egov.byCategory(own.map((v) => v.of)).map((list, i) => [list.id, i]));
  const rows = egov.sorted(own, (v) => order.get(v.list));
  return [pick.node, egov.listFacts({ ...set, values: null, bodies_held: null, is_partial: rows.some((v) => v.of.is_partial) }),
    egov.table({
      caption: egov.t("profile_caption", { name: egov.bodyName(code), what: `${egov.label("index_code", set.index_code)} ${set.assessment_year}` }),
      rows,
      columns: [
        { title: egov.t("category"), head: true, cell: (v) => egov.h("a", { href: egov.href("ranking", { year: v.of.assessment_year, index: v.of.index_code, block: v.of.block, universe: v.of.universe, category: v.of.category }) }, egov.categoryName(v.of)) },
        { title: egov.t("rank"), number: true, cell: (v) => [egov.rank(v), egov.rankOf(v) === null ? null : egov.small(egov.t("of", { n: v.of.bodies_expected ?? v.of.bodies_held }))] },
        { title: egov.t("value"), number: true, cell: egov.value },
        { title: egov.t("in_list"), cell: (v) => egov.strip(v) ?? egov.small(egov.t("too_few")) },
        ...egov.intervalColumns(rows),
      ],
    }), egov.note(egov.t("strip_note")), egov.strengths(rows), egov.withoutParts(code, own)];
};

// Intervals, where any of the ranks has one.
egov.intervalColumns = (rows) => [
  ["low_90", "interval_90", egov.intervalCell], ["print_low", "interval_print", egov.printCell],
].filter(([name]) => rows.some((v) => (egov.intervalOf(v)?.[name] ?? null) !== null))
  .map(([, title, cell]) => ({ title: egov.t(title), number: true, cell }));

egov.printCell = (value) => {
  const found = egov.intervalOf(value);
  return !found || found.print_low === null ? egov.small(egov.t("no_interval")) : egov.interval(found.print_low, found.print_high);
};

// Categories where the body stands best and worst in its list; only where enough are held.
egov.strengths = (rows) => {
  const share = (v) => (egov.rankOf(v) - 1) / Math.max(1, v.of.bodies_held - 1);
  const known = egov.sorted(rows.filter((v) => egov.rankOf(v) !== null && !v.of.is_partial && v.of.category !== "overall"), share);
  if (known.length < 4) return egov.note(egov.t("no_strengths"));
  const say = (title, chosen) => egov.h("div", null, egov.h("h3", null, title), chosen.length
    ? egov.h("ul", null, chosen.map((v) => egov.h("li", null,
      `${egov.categoryName(v.of)}: ${egov.t("rank_of", { rank: egov.rankOf(v), n: v.of.bodies_held })}`)))
    : egov.note(egov.t("none_there")));
  return egov.h("div", { class: "pair" },
    say(egov.t("strengths"), known.filter((v) => share(v) <= 1 / 3)),
    say(egov.t("weaknesses"), known.filter((v) => share(v) >= 2 / 3).reverse()));
};

egov.withoutParts(code, own)];
};

// Intervals, where any of the ranks has one.
egov.intervalColumns = (rows) => [
  ["low_90", "interval_90", egov.intervalCell], ["print_low", "interval_print", egov.printCell],
].filter(([name]) => rows.some((v) => (egov.intervalOf(v)?.[name] ?? null) !== null))
  .map(([, title, cell]) => ({ title: egov.t(title), number: true, cell }));

egov.printCell = (value) => {
  const found = egov.intervalOf(value);
  return !found || found.print_low === null ? egov.small(egov.t("no_interval")) : egov.interval(found.print_low, found.print_high);
};

// Categories where the body stands best and worst in its list; only where enough are held.
egov.strengths = (rows) => {
  const share = (v) => (egov.rankOf(v) - 1) / Math.max(1, v.of.bodies_held - 1);
  const known = egov.sorted(rows.filter((v) => egov.rankOf(v) !== null && !v.of.is_partial && v.of.category !== "overall"), share);
  if (known.length < 4) return egov.note(egov.t("no_strengths"));
  const say = (title, chosen) => egov.h("div", null, egov.h("h3", null, title), egov.h("ul", null, chosen.map((v) =>
    egov.h("li", null, `${egov.categoryName(v.of)}: ${egov.t("rank_of", { rank: egov.rankOf(v), n: v.of.bodies_held })}`))));
  return egov.h("div", { class: "pair" }, say(egov.t("strengths"), known.slice(0, 2)), say(egov.t("weaknesses"), known.slice(-2).reverse()));
};

egov.withoutParts = (code, own) => {
  const rows = own.flatMap((v) => egov.about("analysis", "without", { list: v.list, body: code }).map((row) => ({ ...row, of: v.of })));
  return rows.length ? egov.h("details", null, egov.h("summary", null, egov.t("without")), egov.table({
    caption: egov.t("without"), hidden: true, rows,
    columns: [
      { title: egov.t("part"), head: true, cell: (r) => egov.partName(r.of, r.item) },
      { title: egov.t("rank_without"), number: true, cell: (r) => egov.number(r.rank_without) },
      { title: egov.t("moved"), cell: (r) => egov.gained(r.places_gained) },
    ],
  })) : null;
};

// --- history --------------------------------------------------------------------------------------

egov.histories = (values) => {
  if (!values.length) return [egov.note(egov.t("nothing_published"))];
  const series = egov.unique(values.map((v) => v.of), "index_code").flatMap((index) =>
    egov.unique(values.filter((v) => v.of.index_code === index).map((v) => v.of), "universe").map((universe) => [index, universe]));
  return series.flatMap(([index, universe]) => {
    const own = values.filter((v) => v.of.index_code === index && v.of.universe === universe);
    const years = egov.unique(own.map((v) => v.of), "assessment_year").sort();
    const regimeOf = (year) => own.find((v) => v.of.assessment_year === year).of.regime;
    const categories = egov.unique(egov.byCategory(own.map((v) => v.of)), "category");
    const at = (category, year) => own.find((v) => v.of.category === category && v.of.assessment_year === year);
    const name = (category) => egov.label("category", category, index);
    const columns = [{ title: egov.t("category"), head: true, cell: name },
      ...years.map((year, i) => ({
        title: egov.h("span", null, String(year), egov.small(i && regimeOf(year) !== regimeOf(years[i - 1]) ? `⟂ ${egov.t("break_before")}` : "")),
        number: true,
        cell: (category) => {
          const value = at(category, year);
          return value ? [egov.rank(value), egov.small(value.value === null ? "" : egov.number(value.value))] : egov.small(egov.t("not_held"));
        },
      }))];
    return [egov.h("h3", null, `${egov.label("index_code", index)} · ${egov.label("universe", universe)}`),
      egov.table({ caption: egov.t("history_caption"), columns, rows: categories }),
      egov.h("ul", { class: "facts" }, [...new Set(years.map(regimeOf))].map((regime) => egov.h("li", null,
        `${egov.label("regime", regime)}: ${years.filter((year) => regimeOf(year) === regime).join(", ")}`))),
      egov.h("div", { class: "histories" }, categories.map((category) => {
        const points = own.filter((v) => v.of.category === category && egov.rankOf(v) !== null);
        return points.length > 1 ? egov.history(points, name(category)) : null;
      }))];
  }).concat(egov.note(egov.t("history_note")));
};

// --- why it moved ---------------------------------------------------------------------------------

egov.moves = (code) => {
  const lists = egov.model().lists;
  const own = egov.lang();
  const bodyName = own === "vi" ? egov.body(code).body_name : egov.body(code).name_en;
  const rows = egov.about("analysis", "moves", { body: code });
  const texts = egov.about("analysis", "summaries", { body_code: code });
  if (!rows.length && !texts.length) return [egov.note(egov.t("no_moves"))];
  const pair = (from, to, index, universe) => `${index} ${universe} ${from} ${to}`;
  const pairs = new Map();
  const get = (key, title) => pairs.get(key) ?? pairs.set(key, { title, texts: [], rows: [] }).get(key);
  for (const text of texts) {
    const key = pair(text.from_year, text.assessment_year, text.index_code, text.universe);
    get(key, text).texts.push(text);
  }
  for (const row of rows) {
    const list = lists[row.list];
    get(pair(row.from_year, list.assessment_year, list.index_code, list.universe), { ...list, from_year: row.from_year }).rows.push(row);
  }
  return egov.sorted([...pairs.values()], (each) => -each.title.assessment_year).map(({ title, texts: said, rows: moved }) =>
    egov.h("details", { open: true },
      egov.h("summary", null, `${title.from_year} → ${title.assessment_year}: ${egov.label("index_code", title.index_code)}`),
      said.map((text) => egov.said(egov.unfolded(text[own], bodyName))),
      egov.h("ul", { class: "moves" }, egov.byCategory(moved.map((row) => ({ ...row, category: lists[row.list].category }))).map((row) => egov.h("li", null,
        egov.h("p", null, egov.unfolded(row[own], bodyName).join(". ")),
        egov.moved(row), egov.scoreParts(row))))));
};

// A summary, sentence by sentence; those that begin with what they are about stand in a list.
egov.said = (sentences) => {
  const ended = sentences.map((sentence) => (/[.:]$/.test(sentence) ? sentence : `${sentence}.`));
  const listed = (sentence) => /^[^:]{3,60}: /.test(sentence);
  return [egov.h("p", { class: "said" }, ended.filter((sentence) => !listed(sentence)).join(" ")),
    egov.h("ul", { class: "said" }, ended.filter(listed).map((sentence) => {
      const [about, ...rest] = sentence.split(": ");
      return egov.h("li", null, egov.h("b", null, about), `: ${rest.join(": ")}`);
    }))];
};

egov.rankParts = ["own_part", "peers_part", "method_part", "universe_part", "rounding_part"];

// Parts of the change of a rank; places gained are to the right.
egov.moved = (row) => {
  if (row.places_gained === null || egov.rankParts.every((name) => row[name] === null)) return null;
  const steps = egov.rankParts.filter((name) => row[name] !== null).map((name) => ({
    label: egov.t(name), amount: Number(row[name]), text: egov.signed(egov.short(row[name])), good: Number(row[name]) > 0,
  }));
  return egov.waterfall(0, steps, row.places_gained, egov.t("rank_parts", { n: egov.signed(row.places_gained) }));
};

// Parts of the change of a score by category and cause, the largest first; one part says nothing.
egov.scoreParts = (row) => {
  const list = egov.model().lists[row.list];
  const parts = egov.about("analysis", "parts", { list: row.list, body: row.body }).filter((part) => Number(part.part) !== 0);
  if (parts.length < 2) return null;
  const steps = egov.sorted(parts, (part) => -Math.abs(Number(part.part))).map((part) => ({
    label: part.item === list.category ? egov.label("factor", part.factor)
      : `${egov.partName(list, part.item)}: ${egov.label("factor", part.factor)}`,
    amount: Number(part.part), text: egov.signed(egov.short(part.part)), good: Number(part.part) > 0,
  }));
  return egov.waterfall(0, steps, Number(row.score_change), egov.t("score_parts", { n: egov.signed(egov.short(row.score_change)) }));
};

// At most four decimals of a long decimal text, for display beside a bar.
egov.short = (text) => {
  const rounded = Number(text).toFixed(4).replace(/\.?0+$/, "");
  return rounded === "0" || rounded === "-0" ? String(text) : rounded;
};

// --- the other universe, reports, observations, ledger ---------------------------------------------

egov.otherUniverse = (code) => {
  const mine = new Set([code, egov.body(code).successor_code]);
  const rows = egov.rows(egov.data.analysis.other_universe).filter((row) => mine.has(row.body_code) && row.value !== null
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
      { title: egov.t("points"), number: true, cell: (r) => (r.points === null ? egov.small(r.score_status) : egov.number(r.points)) },
      { title: egov.t("max_points"), number: true, cell: (r) => egov.number(r.max_points) },
      { title: egov.t("rank"), number: true, cell: (r) => (r.rank === null ? egov.small(egov.t("no_rank")) : egov.number(r.rank)) },
    ],
  }) : null, rows.length ? egov.table({
    caption: egov.t("observations"), rows,
    columns: [
      { title: egov.t("year"), cell: (r) => r.year },
      { title: egov.t("input"), head: true, cell: (r) => egov.h("code", null, r.input_code) },
      { title: egov.t("figure"), number: true, cell: (r) => (r.value === null ? egov.small(egov.label("observation_state", r.observation_state)) : [egov.number(r.value), ` ${r.unit}`]) },
      { title: egov.t("state"), cell: (r) => egov.label("observation_state", r.observation_state) },
      { title: egov.t("as_written"), cell: (r) => [r.raw_text, egov.small([r.sheet_name, r.cell_ref].filter(Boolean).join(" "))] },
    ],
  }) : null];
};

egov.counted = (row, name, status) => (row[name] === null ? egov.small(egov.label("value_status", row[status]))
  : egov.sourced(egov.number(row[name]), row.place));

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
