"""The door: `python -m sca` and the console script."""

from sca.cli.app import main

if __name__ == "__main__":
    main()
