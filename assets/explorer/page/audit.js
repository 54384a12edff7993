// The yearly audit: what a reader should know of the lists of a year before trusting their ranks.
"use strict";

// One row of each set of lists (year, series, universe), newest year first.
egov.audits = () => egov.sorted(
  [...new Map(egov.rows(egov.data.certainty.audit).map((row) => [egov.setCode(row), row])).values()],
  (row) => -row.assessment_year);

// What is held of a set: its rows that have the wanted values.
egov.audited = ({ assessment_year, index_code, universe }, wanted) =>
  egov.about("certainty", "audit", { assessment_year, index_code, universe, ...wanted });

// The audit that the address asks for, or else of lists with all their bodies; the field follows.
egov.paper_audit = (params, pick) => {
  const audits = egov.audits();
  const set = audits.find((each) => egov.setCode(each) === params.get("set"))
    ?? audits.find((each) => egov.audited(each, { audit_measure: "mean" }).length) ?? audits[0];
  if (!set) return [egov.note(egov.t("no_sets"))];
  pick.refill(audits.map((each) => ({ value: egov.setCode(each), text: egov.setName(each) })), egov.setCode(set));
  return egov.audit(set);
};

// A statistic, rounded for reading; the data file and the package have every digit.
egov.statistic = (row, digits = 3) => (row ? egov.number(Number(row.audit_value).toFixed(digits)) : egov.small(egov.t("not_computed")));
egov.weightShare = (row) => (row ? `${egov.number((100 * Number(row.audit_value)).toFixed(1))} %` : egov.small(egov.t("not_computed")));

egov.audit = (set) => {
  const of = (audit_measure, item, other_item = "none") => egov.audited(set, { audit_measure, item, other_item })[0];
  const lists = egov.byCategory(egov.audited(set, { audit_measure: "coverage" })
    .map((row) => egov.listOf(row.assessment_year, row.index_code, row.universe, row.item)));
  const whole = lists.filter((list) => of("mean", list.category));
  const alpha = of("cronbach_alpha", "all");
  return [
    alpha ? egov.h("ul", { class: "facts" }, egov.h("li", null, egov.label("audit_measure", "cronbach_alpha"), ": ",
      egov.statistic(alpha), ` (${egov.t(alpha.note === "weighted parts" ? "alpha_weighted" : "alpha_alike")})`)) : null,
    egov.note(egov.t("audit_note")),
    egov.auditedLists(lists, whole, of),
    whole.length ? null : egov.note(egov.t("audit_coverage_only")),
    ...(whole.length ? egov.outliers(whole, of) : []),
    ...(whole.length > 1 ? egov.correlations(whole, of) : []),
    ...(whole.length ? egov.weightsAudited(set, whole, of) : []),
  ].filter(Boolean);
};

egov.auditedLists = (lists, whole, of) => {
  const measured = (measure) => ({ title: egov.label("audit_measure", measure), number: true, cell: (list) => egov.statistic(of(measure, list.category)) });
  const columns = [
    { title: egov.t("category"), head: true, cell: egov.categoryName },
    { title: egov.label("audit_measure", "coverage"), cell: (list) => [list.bodies_expected === null ? egov.t("held", { n: list.bodies_held })
      : egov.t("n_of_m", { n: list.bodies_held, m: list.bodies_expected }), egov.small(egov.label("trust", list.trust))] },
  ];
  if (whole.length) {
    columns.push(...["mean", "standard_deviation", "minimum", "maximum", "skewness", "excess_kurtosis"].map(measured),
      { title: egov.label("audit_measure", "is_outlying"), cell: (list) => {
        const row = of("is_outlying", list.category);
        return row ? egov.t(Number(row.audit_value) ? "outlying" : "not_outlying") : egov.small(egov.t("not_computed"));
      } });
  }
  return egov.table({ caption: egov.t("audit_lists"), rows: lists, columns });
};

egov.outliers = (whole, of) => {
  const rows = whole.filter((list) => of("outliers_iqr", list.category)?.note);
  const named = (list, code) => egov.h("li", null,
    egov.h("a", { href: egov.href("body", { body: code }) }, egov.bodyName(code)), " ",
    egov.value(list.values.find((value) => value.body === code)));
  return [egov.h("h2", null, egov.label("audit_measure", "outliers_iqr")), egov.note(egov.t("outliers_note")),
    rows.length ? egov.table({
      caption: egov.label("audit_measure", "outliers_iqr"), hidden: true, rows,
      columns: [
        { title: egov.t("category"), head: true, cell: egov.categoryName },
        { title: egov.t("body"), cell: (list) => egov.h("ul", { class: "facts" }, of("outliers_iqr", list.category).note.split(" ").map((code) => named(list, code))) },
      ],
    }) : egov.h("p", null, egov.t("no_outliers"))];
};

// How strong a correlation is, as a shade behind its number; none where it is negative.
egov.shade = (value) => {
  const step = [0.8, 0.6, 0.4, 0].findIndex((least) => value >= least);
  return step < 0 ? "shade" : `shade fifth-${step + 1}`;
};

egov.correlations = (whole, of) => {
  const between = (one, other) => {
    if ([one, other].includes("overall")) return of("correlation_with_total", one === "overall" ? other : one);
    return of("correlation", one, other) ?? of("correlation", other, one);
  };
  const cell = (one, other) => {
    if (one === other) return null;
    const row = between(one, other);
    return egov.h("span", { class: row ? egov.shade(Number(row.audit_value)) : "shade" }, egov.statistic(row, 2));
  };
  return [egov.h("h2", null, egov.t("correlations")), egov.note(egov.t("correlations_note")), egov.table({
    caption: egov.t("correlations"), hidden: true, rows: whole,
    columns: [
      { title: egov.t("category"), head: true, cell: egov.categoryName },
      ...whole.map((other) => ({ title: egov.h("span", { class: "narrow" }, egov.categoryName(other)), number: true, cell: (one) => cell(one.category, other.category) })),
    ],
  })];
};

egov.weightsAudited = (set, whole, of) => {
  const order = whole.map((list) => list.category);
  const [nominal, effective] = ["nominal_weight", "effective_weight"].map((audit_measure) => egov.audited(set, { audit_measure }));
  const rows = egov.sorted(nominal, (row) => (order.includes(row.item) ? order.indexOf(row.item) : order.length));
  const most = Math.max(...[...nominal, ...effective].map((row) => Number(row.audit_value)));
  return [egov.h("h2", null, egov.t("weights")),
    ...(rows.length ? [egov.note(egov.t("weights_note")), egov.table({
      caption: egov.t("weights"), hidden: true, rows,
      columns: [
        { title: egov.t("part"), head: true, cell: (row) => egov.partName(row, row.item) },
        { title: egov.label("audit_measure", "nominal_weight"), number: true, cell: egov.weightShare },
        { title: egov.label("audit_measure", "effective_weight"), number: true, cell: (row) => egov.weightShare(of("effective_weight", row.item)) },
        { title: egov.t("weights_drawn"), cell: (row) => egov.weightBar(row, of("effective_weight", row.item), most) },
      ],
    })] : [egov.note(egov.t("no_weights"))])];
};
