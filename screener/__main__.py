"""`python -m screener`, and the `screener` command."""

from screener.cli import main

if __name__ == "__main__":
    main()
