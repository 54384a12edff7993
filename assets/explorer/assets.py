"""Dagster asset of the explorer: once after panel and analysis, over all years. Thin."""

from typing import Any

import dagster as dg

from assets import registry
from assets.assetspec import key_of
from assets.codeversion import code_version
from assets.explorer import ALL, INDEX
from assets.explorer import EXPLORER as UNIT
from assets.explorer.files import explorer_files
from assets.explorer.gate import FIRST, differences
from assets.explorer.inputs import RAW_TEXTS, RELEASE_TABLES, Inputs, gather
from assets.lake import Lake
from assets.publication import LakeResource, open_stage, require

EXPLORER = dg.AssetKey([UNIT, UNIT])
COUNTED = "counted"

#: The tables the page is made from.
DEPS = (
    *(table.name for unit in ("panel", "analysis") for table in registry.tables(unit=unit)),
    *RELEASE_TABLES,
    *(name for names in RAW_TEXTS.values() for name in names),
)


def read_inputs(lake: Lake) -> Inputs:
    """What the page is made from. dg.Failure if panel or analysis is missing, or the analysis was
    made from another panel."""
    panel, analysis = require(lake, "panel", ALL), require(lake, "analysis", ALL)
    if analysis.manifest["inputs"].get("panel") != panel.content_sha256:
        raise dg.Failure(
            description="the analysis was made from another panel than the one promoted now; "
            "build it again first (egov run or egov backfill do everything in order).",
            allow_retries=False,
        )
    return gather(lake, panel, analysis)


def counted(wrong: list[str]) -> dg.AssetCheckResult:
    """Whether the data of the page are those of the lake; if not, the first differences."""
    first = "".join(f"\n  {line}" for line in wrong[:FIRST])
    return dg.AssetCheckResult(
        asset_key=EXPLORER,
        check_name=COUNTED,
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{len(wrong)} differences between the page and the lake.{first}",
        metadata={"differences": len(wrong)},
    )


@dg.asset(
    key=EXPLORER,
    group_name=UNIT,
    owners=["team:warehouse"],
    kinds={"python", "html"},
    deps=[key_of(name) for name in DEPS],
    automation_condition=dg.AutomationCondition.any_deps_updated().allow(
        dg.AssetSelection.groups("analysis")
    )
    & ~dg.AutomationCondition.in_progress(),
    check_specs=[
        dg.AssetCheckSpec(
            name=COUNTED,
            asset=EXPLORER,
            blocking=True,
            description="Every published rank, value and list of the panel, and every row of the "
            "ledgers, is on the page as in the lake; judged before promotion.",
        )
    ],
    description="One static folder over all years that opens from a disk without any request: "
    "ranking, bodies, comparison, map, ledger, other weights, methods and sources.",
)
def explorer(context: dg.AssetExecutionContext, lake: LakeResource) -> Any:
    """Write the page from what is promoted, hold it against that, and promote it or nothing."""
    opened = lake.open()
    with open_stage(opened, UNIT, ALL, context) as stage:
        inputs = read_inputs(opened)
        files = explorer_files(inputs)
        check = counted(differences(files, inputs))
        if not check.passed:
            yield check
            raise dg.Failure(
                description=f"the explorer was refused; nothing was promoted. {check.description}",
                allow_retries=False,
            )
        for name, data in files.items():
            stage.write_bytes(name, data)
        for year, reason in inputs.left_out.items():
            context.log.warning(f"{year} is not shown: {reason.replace('_', ' ')}")
        promotion = stage.promote(
            inputs=inputs.hashes,
            code_version=code_version(),
            facts={"years": sorted(inputs.years), "left_out": dict(inputs.left_out)},
        )
        yield dg.MaterializeResult(
            metadata={
                "page": dg.MetadataValue.path(str(promotion.path / INDEX)),
                "bytes": sum(map(len, files.values())),
                "years": len(inputs.years),
                "version": promotion.counter,
            },
            data_version=dg.DataVersion(promotion.content_sha256[:16]),
        )
        yield check
