"""What is right in an advisory and still looks like a slip: the warnings of `lint --strict`."""
