"""The door: `python -m sca` and the console script."""


def main() -> None:
    """Run the command line; sca that cannot even be imported is a bug, and never exit 1."""
    try:
        from sca.cli import express

        express.main()
        if express.asked() is not None:
            from sca.cli import checking

            checking.main()
        from sca.cli import completing

        completing.main()
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
