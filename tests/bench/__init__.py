"""Speed as ratios: each thing beside its own floor, in the same run, interleaved. `make bench` prints the table."""
