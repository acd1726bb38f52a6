"""``make bench``: every benchmark, one after another; ``python -m bench save`` runs one of them."""

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent


def main(wanted: list[str]) -> None:
    """Run the benchmarks of these names, or all. Each prints its own figures."""
    for name in wanted or sorted(path.stem for path in HERE.glob("[a-z]*.py")):
        module = import_module(f"bench.{name}")
        if not hasattr(module, "main"):  # what two benchmarks share
            continue
        print(f"\n── {name}: {(module.__doc__ or '').strip().splitlines()[0]}\n", flush=True)
        module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
