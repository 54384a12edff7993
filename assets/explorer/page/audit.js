// The yearly audit: what a reader should know of the lists of a year before trusting their ranks.
"use strict";

// What is held of each set of lists (year, series, universe), newest year first.
egov.audits = () => {
  const audits = new Map();
  for (const row of egov.rows(egov.data.certainty.audit)) {
    const code = egov.setCode(row);
    if (!audits.has(code)) audits.set(code, { ...row, code, rows: [] });
    audits.get(code).rows.push(row);
  }
  return egov.sorted([...audits.values()], (audit) => -audit.assessment_year);
};

// Whether some list has all its bodies, so that more than its coverage was computed.
egov.hasWhole = (audit) => audit.rows.some((row) => row.audit_measure === "mean");

// A statistic, rounded for reading; the data file and the package have every digit.
egov.statistic = (row, digits = 3) => (row ? egov.number(Number(row.audit_value).toFixed(digits)) : egov.small(egov.t("not_computed")));
egov.weightShare = (row) => (row ? `${egov.number((100 * Number(row.audit_value)).toFixed(1))} %` : egov.small(egov.t("not_computed")));

egov.audit = (audit) => {
  const found = new Map(audit.rows.map((row) => [[row.audit_measure, row.item, row.other_item].join(), row]));
  const of = (measure, item, other = "none") => found.get([measure, item, other].join());
  const lists = egov.byCategory(audit.rows.filter((row) => row.audit_measure === "coverage")
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
    ...(whole.length ? egov.weightsAudited(audit, whole, of) : []),
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

// How strong a correlation is, as a shade beside its number.
egov.shade = (value) => [0.8, 0.6, 0.4, 0].findIndex((least) => value >= least);

egov.correlations = (whole, of) => {
  const between = (one, other) => {
    if (one === other) return null;
    const overall = [one, other].includes("overall");
    if (overall) return of("correlation_with_total", one === "overall" ? other : one);
    return of("correlation", one, other) ?? of("correlation", other, one);
  };
  const cell = (one, other) => {
    const row = between(one, other);
    const shade = row ? egov.shade(Number(row.audit_value)) : -1;
    return egov.h("td", { class: `number ${shade < 0 ? "" : `fifth-${shade + 1}`}` }, one === other ? "" : egov.statistic(row, 2));
  };
  return [egov.h("h2", null, egov.t("correlations")), egov.note(egov.t("correlations_note")),
    egov.h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": egov.t("correlations") },
      egov.h("table", { class: "matrix" }, egov.h("caption", { class: "unseen" }, egov.t("correlations")),
        egov.h("thead", null, egov.h("tr", null, egov.h("th", { scope: "col" }, egov.t("category")),
          whole.map((list) => egov.h("th", { scope: "col" }, egov.categoryName(list))))),
        egov.h("tbody", null, whole.map((one) => egov.h("tr", null, egov.h("th", { scope: "row" }, egov.categoryName(one)),
          whole.map((other) => cell(one.category, other.category)))))))];
};

egov.weightsAudited = (audit, whole, of) => {
  const order = whole.map((list) => list.category);
  const rows = egov.sorted(audit.rows.filter((row) => row.audit_measure === "nominal_weight"),
    (row) => (order.includes(row.item) ? order.indexOf(row.item) : order.length));
  const most = Math.max(...audit.rows.filter((row) => row.audit_measure.endsWith("_weight")).map((row) => Number(row.audit_value)));
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
