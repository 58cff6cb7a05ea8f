"""The outside world, each part with an offline twin; adapters know no table."""
