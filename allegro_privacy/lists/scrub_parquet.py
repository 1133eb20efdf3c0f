"""Mailing lists in Parquet, row group by row group; what is kept has the same schema, with its metadata."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allegro_privacy.lists.scrub_open import Source, missing_extra
from allegro_privacy.lists.scrub_tables import Batch, unusable
from allegro_privacy.lists.scrub_write import Outputs


@dataclass(frozen=True, slots=True)
class RowGroup:
    """One row group."""

    texts: list[list[str]]
    rows: Any


class Parquet:
    """A .parquet file."""

    name = "Parquet"

    def header(self, source: Source) -> tuple[str, ...]:
        """The names of its columns."""
        with _file(source) as file:
            return tuple(file.schema_arrow.names)

    def batches(self, source: Source, columns: frozenset[int] | None) -> Iterator[RowGroup]:
        """The row groups; of columns that nobody asks for the texts are empty."""
        with _file(source) as file:
            names = file.schema_arrow.names
            for number in range(file.num_row_groups):
                wanted = None if columns is None else [names[column] for column in sorted(columns)]
                rows = file.read_row_group(number, columns=wanted)
                if rows.num_rows:
                    texts = [_texts(rows, name) for name in names]
                    yield RowGroup([list(cells) for cells in zip(*texts, strict=True)], rows)

    def writer(self, source: Source, outputs: Outputs, flag: str) -> "_RowGroupWriter":
        """A file of the same schema."""
        return _RowGroupWriter(source, outputs, flag)


class _RowGroupWriter:
    def __init__(self, source: Source, outputs: Outputs, flag: str) -> None:
        arrow, parquet = _library()
        self._arrow, self._flag = arrow, flag
        with _file(source) as file:
            schema, packing = file.schema_arrow, "snappy"
            if file.num_row_groups and file.metadata.num_columns:
                packing = file.metadata.row_group(0).column(0).compression.lower()
        if flag:
            schema = schema.append(arrow.field(flag, arrow.string()))
        self._file = arrow.PythonFile(outputs.kept, mode="w")
        packing = "none" if packing == "uncompressed" else packing
        self._writer = parquet.ParquetWriter(self._file, schema, compression=packing)

    def take(self, batch: Batch, stays: Sequence[bool], flags: Sequence[str]) -> None:
        """The rows that stay, as a row group of their own."""
        rows = batch.rows
        if flags:
            rows = rows.append_column(self._flag, self._arrow.array(flags, self._arrow.string()))
        kept = rows.filter(self._arrow.array(stays))
        if kept.num_rows:
            self._writer.write_table(kept, row_group_size=kept.num_rows)

    def end(self) -> None:
        """Write what stands at the end of the file."""
        self._writer.close()


def _texts(rows: Any, name: str) -> list[str]:
    if name not in rows.column_names:
        return [""] * rows.num_rows
    return ["" if value is None else str(value) for value in rows.column(name).to_pylist()]


def _library() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as problem:
        raise missing_extra("Parquet", "parquet") from problem
    return pyarrow, pyarrow.parquet


@contextmanager
def _file(source: Source) -> Iterator[Any]:
    arrow, parquet = _library()
    with source.seekable() as raw:
        try:
            file = parquet.ParquetFile(raw)
        except (arrow.ArrowInvalid, OSError) as problem:
            raise unusable(source.name, "It is no Parquet file, or a damaged one.", "Fetch it again.") from problem
        if len(set(file.schema_arrow.names)) < len(file.schema_arrow.names):
            raise unusable(source.name, "Two of its columns have one name.", "Rename one of them.")
        yield file
