"""Screens a market in batches, each read, evaluated on columns and written. Uses threads, since numpy and Arrow release
the GIL."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
from screener.engine.columns.column_values import SymbolColumn
from screener.engine.columns.company_columns import PartyColumns
from screener.errors import DocumentError, Problem
from screener.explain.peer_population import PeerPopulation
from screener.facts.changed_world import KINDS_ON_FIGURES
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure
from screener.importers.table.column_map import Shape
from screener.importers.table.company_table import read_table, table_of_sheet
from screener.importers.table.map_reader import read_map
from screener.importers.table.sheet_reader import read_sheet
from screener.importers.table.table_sheet import ReadOptions
from screener.market.dataset_batches import DatasetBatches
from screener.market.id_set import IdSet
from screener.market.measured_rows import measured_rows
from screener.market.parquet_batch import RowBatch
from screener.market.parquet_reader import ParquetTable
from screener.market.relation_tables import RelationTables
from screener.market.result_tables import ResultTables, ScreenedRows
from screener.market.results_workbook import ResultsWorkbook
from screener.market.sheet_batches import TableBatches
from screener.market.table_writer import TableWriter
from screener.market.text_spool import spooled_table
from screener.market.workbook_spool import spooled_workbook
from screener.result.detail import Detail
from screener.result.model import ResultDocument
from screener.rules.compiler import rule_names
from screener.rules.rule import Rule
from screener.scoring.column_score import ColumnScores, score_columns
from screener.screening import Screener
from screener.vocabulary import Outcome, RuleStatus, Verdict

T = TypeVar("T")
_OUTSIDE = OUTCOMES.index(Outcome.NOT_APPLICABLE)
CompanySource = ParquetTable | TableBatches | DatasetBatches
MOST_PROBLEMS = 100  # greatest number of problems that are listed individually


class MarketSummary(NamedTuple):
    """Counts and problems of the companies of a market that were screened."""

    companies: int
    verdicts: dict[str, int]  # verdict -> number of companies, worst first
    fired: dict[str, int]  # rule -> number of companies
    problems: tuple[Problem, ...]
    dropped: int  # number of rows of companies and of members that could not be used


class BatchScreener:
    """Screens batches of companies with one rulebook."""

    def __init__(self, screener: Screener, lists: RelationTables | None = None) -> None:
        book = screener.rulebook
        self.lists = lists
        self.others: PartyColumns | None = None
        self._one_by_one = Lock()  # the engine is not safe for several threads
        self.screener, self.table = screener, book.table
        self.rules = list(screener.program.rules.values())
        self.columns = ColumnEngine(screener.program)
        left_out = frozenset(r.id for r in self.rules if r.status is RuleStatus.PREVIEW and not book.preview)
        self.left_out = np.array([r.id in left_out for r in self.rules], np.bool_)
        self.tables = ResultTables(self.rules, left_out)

    def meet(self, source: CompanySource) -> None:
        """Reads the companies of the table that members of lists name, with the figures that rules use of
        counterparties."""
        program = self.screener.program
        wanted = self.lists.parties() if self.lists is not None and program.counterparty_rules else frozenset()
        if not wanted:
            return
        figure_names = [
            n.field for r in program.counterparty_rules for n in rule_names(program.rules[r]) if n.scope == COMPANY
        ]
        reads_all = not KINDS_ON_FIGURES.isdisjoint(program.counterparty_kinds)
        names = frozenset(program.catalogue.claimable if reads_all else closure(figure_names, program.metrics))
        narrow, parts = source.only(names), []
        for raw in narrow.batches():
            universe = narrow.read(raw).universe  # type: ignore[arg-type]
            named = np.fromiter((own in wanted for own in universe.ids), np.bool_, len(universe))
            if named.any():
                parts.append(universe.select(named).with_only(names))
        if parts:
            self.others = PartyColumns(parts, program.catalogue)

    def judge(self, batch: RowBatch) -> ScreenedRows:
        """Returns the results for the companies of a batch; those whose claims must be reconciled are screened one by
        one."""
        found = self._judge_columns(batch)
        if not batch.profiles or self.lists is not None:
            return found
        with self._one_by_one:
            results = [self.screener.assess(profile, detail=Detail.OUTCOMES) for profile in batch.profiles.values()]
        places = list(batch.profiles)
        return found.with_rows(places, screened_rows(results, self.rules))._replace(
            results=dict(zip(places, results, strict=True))
        )

    def _judge_columns(self, batch: RowBatch) -> ScreenedRows:
        lists = self.lists.of(batch.universe.ids) if self.lists is not None else {}
        outcomes = self.columns.run(batch.universe, lists, self.others)
        counted = outcomes
        if self.left_out.any():
            counted = outcomes.copy()
            counted[self.left_out] = _OUTSIDE
        scores = score_columns(self.rules, counted, self.table)
        return ScreenedRows(batch.universe.ids, batch.names, _sectors(batch.universe.sectors), outcomes, scores)


def screened_rows(results: Sequence[ResultDocument], rules: Sequence[Rule]) -> ScreenedRows:
    """Returns results of single companies as a batch."""
    outcomes = [{f.rule: OUTCOMES.index(f.outcome) for f in result.findings} for result in results]
    score, reach = [r.score for r in results], [r.coverage for r in results]
    words = np.array([r.verdict.word.rank for r in results], np.int8)
    scores = ColumnScores(
        words,
        np.array([r.verdict.thin for r in results], np.bool_),
        np.array([s.value for s in score], np.float64),
        np.array([s.low for s in score], np.float64),
        np.array([s.high for s in score], np.float64),
        np.array([c.decided for c in reach], np.int64),
        np.array([c.total for c in reach], np.int64),
    )
    lines = np.array([[found[rule.id] for found in outcomes] for rule in rules], np.int8).reshape(len(rules), -1)
    names = pa.array([r.company.name.en for r in results], pa.string())
    ids = np.array([r.company.id for r in results], object)
    return ScreenedRows(ids, names, [r.company.sector for r in results], lines, scores)


def open_table(
    screener: Screener, path: str, map_path: str | None, reading: Callable[[int], None] = lambda rows: None
) -> ParquetTable | TableBatches:
    """Opens a table of companies; Parquet is read in batches, other formats as a whole. Raises DocumentError.

    `reading` is called with the number of rows of a workbook that were read since its last call.
    """
    catalogue = screener.rulebook.catalogue
    if path.lower().endswith(".parquet") and (map_path is None or read_map(map_path, catalogue)[0].shape is Shape.ROWS):
        file = ParquetTable(path, catalogue, map_path)
        if file.takes_batches and not screener.rulebook.waivers:
            return file
        if map_path is None:
            sheet = read_sheet(path, ReadOptions())
            return TableBatches(screener, table_of_sheet(path, sheet, file.map, file.columns, catalogue))
    if map_path is None:
        raise DocumentError(Problem("has no map", "say with --map what its columns are; see docs/market.md", path))
    spooled = None
    if not screener.rulebook.waivers:
        spooled = spooled_table(path, map_path, catalogue, reading) or spooled_workbook(
            path, map_path, catalogue, reading
        )
    return spooled or TableBatches(screener, read_table(path, map_path, catalogue, progress=reading))


def use_system_memory() -> None:
    """Makes Arrow use the system's allocator in this process, since its own pool retains the memory of completed
    batches."""
    pa.set_memory_pool(pa.system_memory_pool())


def screen_table(
    screener: Screener,
    source: CompanySource,
    results: "TableWriter | ResultsWorkbook",
    findings: TableWriter | None = None,
    *,
    jobs: int = 2,
    progress: Callable[[int], None] = lambda rows: None,
    written: Callable[[Any], None] = lambda companies: None,
    lists: RelationTables | None = None,
    peers: PeerPopulation | None = None,
) -> MarketSummary:
    """Screens all companies of a table, and writes `results` (COMPANY_SCHEMA) and `findings` (FINDING_SCHEMA).

    `progress` is called with the number of rows completed, `written` with each batch of `results`. `lists` are the
    members of the companies' lists; they need a table that is read by columns. `peers` receives the measures of all
    companies. The bytes do not depend on `jobs`, the number of threads, and no file is left if the run fails. Raises
    OutputError and DocumentError.
    """
    if lists is not None and not source.takes_lists:
        what = "is a data set, has a day, several periods of a company, or flags that are waived: lists can't be used with it"
        raise DocumentError(Problem(what, "write profiles, and use `screener run`", source.path))
    screen = BatchScreener(screener, lists)
    if lists is not None:
        screen.meet(source)
    tally = _Tally(screen, source.path)

    def work(raw: Any) -> tuple[RowBatch, ScreenedRows, Any, Any, Any]:
        batch = source.read(raw)
        found = screen.judge(batch)
        tables = screen.tables
        measured = (
            list(measured_rows(screener, screen.columns.empty_company, batch, found)) if peers is not None else ()
        )
        return batch, found, tables.companies(found), tables.findings(found) if findings is not None else None, measured

    with ExitStack() as stack:
        stack.enter_context(results)
        if findings is not None:
            stack.enter_context(findings)
        for batch, found, companies, rows, measured in map_in_threads(work, source.batches(), jobs):
            for row in measured:
                assert peers is not None
                peers.add_row(*row)
            fresh = tally.add(batch, found)
            if fresh is not None:
                companies = companies.filter(fresh)
                rows = rows.filter(np.repeat(fresh, len(screen.rules))) if rows is not None else None
            results.write(companies)
            if isinstance(results, ResultsWorkbook):
                results.details(batch.universe, found, fresh)
            written(companies)
            if findings is not None:
                findings.write(rows)
            progress(len(batch.rows) + batch.dropped)
    return tally.summary()


def map_in_threads(work: Callable[[Any], T], items: Iterable[Any], jobs: int) -> Iterator[T]:
    """Applies `work` to each item on `jobs` threads, and yields the results in order; at most twice as many items are
    in progress at a time."""
    if jobs < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(jobs) as pool:
        waiting: deque[Future[T]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > 2 * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class _Tally:
    """Counts results, and detects duplicate ids."""

    def __init__(self, screen: BatchScreener, path: str) -> None:
        self.screen, self.path = screen, path
        self.seen = IdSet()
        self.companies = self.dropped = self.met = 0
        self.verdicts = np.zeros(len(Verdict), np.int64)
        self.fired = np.zeros(len(screen.rules), np.int64)
        self.problems: list[Problem] = []

    def add(self, batch: RowBatch, found: ScreenedRows) -> Any:
        """Counts a batch, and returns a mask of the rows to keep, or None for all."""
        self.problems.extend(batch.problems[: MOST_PROBLEMS + 1 - len(self.problems)])
        self.met += len(batch.problems)
        self.dropped += batch.dropped
        fresh = self.seen.add(np.fromiter(map(hash, found.ids), np.int64, len(found.ids)))
        for i in np.flatnonzero(~fresh)[: MOST_PROBLEMS - len(self.problems)]:
            hint = "map a column to `id` that tells the companies apart"
            what = f"the id '{found.ids[i]}' is also that of a row before"
            self.problems.append(Problem(what, hint, self.path, path=f"row {batch.rows[i]}"))
        self.dropped += int((~fresh).sum())
        self.met += int((~fresh).sum())
        self.companies += int(fresh.sum())
        kept = slice(None) if fresh.all() else fresh
        self.verdicts += np.bincount(found.scores.verdicts[kept], minlength=len(Verdict))
        self.fired += (found.outcomes[:, kept] == OUTCOMES.index(Outcome.FIRED)).sum(1)
        return None if fresh.all() else fresh

    def summary(self) -> MarketSummary:
        problems = tuple(self.problems)
        if self.met > len(problems):
            more = f"{self.met - len(problems):,} further cells or rows can't be read"
            problems = (*problems, Problem(more, "correct those above first", self.path))
        left = 0
        if self.screen.lists is not None:
            found, left = self.screen.lists.problems()
            problems = (*problems, *found)
        verdicts: dict[str, int] = {word: int(many) for word, many in zip(Verdict, self.verdicts, strict=True) if many}
        fired = {rule.id: int(many) for rule, many in zip(self.screen.rules, self.fired, strict=True) if many}
        ordered = dict(sorted(fired.items(), key=lambda f: (-f[1], f[0])))
        return MarketSummary(self.companies, verdicts, ordered, problems, self.dropped + left)


def _sectors(sectors: SymbolColumn) -> Any:
    words = np.array([*sectors.words, None], object)
    return words[sectors.codes]
