"""The command line: options, one call, a report, an exit code. One module a command."""
