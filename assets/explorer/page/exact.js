// Other weights, exactly: the rule of assets/analysis/whatif.py with whole numbers of any size.
// Total = sum of weight x value / scale, over the sum of the weights; competition ranks on it.
"use strict";

// A fraction from "12.5", "3/8" or "7": [numerator, denominator].
egov.fraction = (text) => {
  const [top, bottom] = String(text).split("/");
  const [whole, part = ""] = top.split(".");
  return [BigInt(whole + part), 10n ** BigInt(part.length) * BigInt(bottom ?? 1)];
};

// Whether a text is a weight: a plain number not below 0.
egov.isWeight = (text) => /^\d{1,9}(\.\d{1,9})?$/.test(text);

egov.decimals = 6;

// Half up with six decimals, from a fraction not below 0.
egov.written = ([top, bottom]) => {
  const unit = 10n ** BigInt(egov.decimals);
  const units = (2n * top * unit + bottom) / (2n * bottom);
  return `${units / unit}.${String(units % unit).padStart(egov.decimals, "0")}`;
};

// `values` by body, in the order of `weights` and `scales`; texts as in the data. Null where every
// weight is 0. One {body, value, rank} a body.
egov.reweighted = (values, weights, scales) => {
  const weighed = weights.map(egov.fraction);
  if (weighed.every(([top]) => top === 0n)) return null;
  const add = ([a, b], [c, d]) => [a * d + c * b, b * d];
  const sum = weighed.reduce(add);
  const totals = Object.entries(values).map(([body, own]) => {
    let total = [0n, 1n];
    weighed.forEach(([top, bottom], i) => {
      if (top === 0n || total === null) return;
      if (own[i] === null) { total = null; return; }
      const [value, per] = egov.fraction(own[i]);
      const [scale, of] = egov.fraction(scales[i]);
      total = add(total, [top * value * of, bottom * per * scale]);
    });
    return { body, total: total && [total[0] * sum[1], total[1] * sum[0]] };
  });
  const known = totals.filter((each) => each.total !== null);
  const above = (a, b) => a.total[0] * b.total[1] > b.total[0] * a.total[1];
  return totals.map(({ body, total }) => ({
    body,
    value: total && egov.written(total),
    rank: total && 1 + known.filter((other) => above(other, { total })).length,
  }));
};
