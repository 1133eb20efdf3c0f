"""The figures about what mail houses and mail platforms got; what they acknowledged, will mail and leaked goes here."""

from collections import Counter

from allegro_privacy.core.facts import Facts, Figure, most_first


def exports_per_recipient(facts: Facts) -> Figure:
    """How many lists each mail house or platform got in the period."""
    counts = Counter(f"{export.recipient}: {export.channel}" for export in facts.exports)
    return Figure("exports-per-recipient", "Lists exported, by recipient", "lists", most_first(counts))
