"""The door: `python -m sca` and the console script."""

import os
import sys


def main() -> None:
    """Run the command line; sca that cannot even be imported is a bug, and never exit 1."""
    try:
        if "_SCA_COMPLETE" in os.environ and len(sys.argv) == 1:
            from sca.cli import completing

            code = completing.main()
            if code is not None:
                raise SystemExit(code)
        from sca.cli.app import main as run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        from sca.cli import output

        output.say(f"sca: a bug, and no answer: sca is not installed whole: {error}")
        raise SystemExit(70) from None
    run()


if __name__ == "__main__":
    main()
