#!/usr/bin/env bash
# The audit step of action.yml. Inputs come as environment variables and stay data throughout.
# Runs on the bash 3.2 of macOS too, where an empty array counts as unset.
set -uo pipefail

sarif=''
written=false

# An output is a line `name=value`: refuse, below, what would add lines of its own.
finish() {
  {
    printf 'exit-code=%s\n' "$1"
    printf 'sarif-file=%s\n' "$sarif"
    printf 'written=%s\n' "$written"
  } >> "$GITHUB_OUTPUT"
  exit 0
}

refuse() {
  printf '::error title=sandbox-audit::%s\n' "$1"
  sarif=''
  finish 2
}

# Code scanning and annotations take paths from the workspace, so that it stays the current directory and the
# paths are put behind the working directory.
from_workspace() {
  case "$1" in
    /* | [A-Za-z]:[/\\]*) printf '%s' "$1" ;;
    *)
      case "$INPUT_WORKING_DIRECTORY" in
        '' | . | ./) printf '%s' "$1" ;;
        *) printf '%s/%s' "${INPUT_WORKING_DIRECTORY%/}" "$1" ;;
      esac
      ;;
  esac
}

case "$INPUT_STRICT" in true | false) ;; *) refuse 'strict is true or false' ;; esac
case "$INPUT_UPLOAD" in true | false) ;; *) refuse 'upload is true or false' ;; esac
case "$INPUT_SARIF_FILE" in '') refuse 'sarif-file is empty' ;; esac
case "$INPUT_SARIF_FILE$INPUT_WORKING_DIRECTORY" in
  *[$'\r\n']*) refuse 'sarif-file and working-directory are one line each' ;;
esac

sarif=$(from_workspace "$INPUT_SARIF_FILE")
options=(--format github --output "sarif=$sarif" --fail-on "$INPUT_FAIL_ON" --min-severity "$INPUT_MIN_SEVERITY")
if [ "$INPUT_STRICT" = true ]; then options+=(--strict); fi

paths=()
while IFS= read -r path; do
  path=${path%$'\r'}
  if [ -n "$path" ]; then paths+=("$(from_workspace "$path")"); fi
done <<< "$INPUT_PATHS"
if [ "${#paths[@]}" -eq 0 ]; then paths=("$(from_workspace .)"); fi

# A report that an earlier step or the repository left there is not ours to upload.
if ! rm -f -- "$sarif" 2> /dev/null; then refuse 'what stands at sarif-file cannot be replaced'; fi
node "$GITHUB_ACTION_PATH/dist/cli.js" "${options[@]}" -- "${paths[@]}"
code=$?

if [ -f "$sarif" ]; then written=true; fi
finish "$code"
