# Handlers: an event comes as the first argument, the answer goes to standard output, what is logged to standard error.

upper() {
  word=$(printf '%s' "$1" | sed -n 's/.*"pathParameters":{"word":"\([A-Za-z]*\)"}.*/\1/p')
  echo "asked for '$word'" >&2
  printf '{"word":"%s"}' "$(printf '%s' "$word" | tr '[:lower:]' '[:upper:]')"
}
