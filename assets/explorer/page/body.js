// One body: who it is, its profile by category, its history. More of its page: moves.js, held.js.
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

// Categories where the body stands in the first and the last third; only where enough are held.
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

egov.withoutParts = (code, own) => {
  const rows = own.flatMap((v) => egov.about("certainty", "without", { list: v.list, body: code }).map((row) => ({ ...row, of: v.of })));
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
          return value ? [egov.rank(value), value.value === null ? null : egov.small(egov.sourced(egov.number(value.value), value.place))] : egov.small(egov.t("not_held"));
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
