#!/bin/bash
# SPDX-License-Identifier: MIT
# Completes options and values in bash with the file that make installs, and has the other shells
# parse theirs, where they are installed. Usage: completions.sh PROGRAM FOLDER
set -u
passed=0 failed=0 skipped=0
PATH=$(cd "$(dirname "$1")" && pwd):$PATH
folder=$2

check() { # sentence, found, expected
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: found %s, expected %s\n' "$1" "$2" "$3"
    fi
}

# shellcheck disable=SC1091
. "$folder/prebleed.bash"
complete_after() { # the words of a command line; the last one is being written
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _prebleed
    printf '%s ' "${COMPREPLY[@]}"
}

options=$(prebleed --help | grep -oE '^  (-[a-zA-Z], |    )--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort)
check "bash offers every long option of the help" \
    "$(complete_after prebleed -- | tr ' ' '\n' | grep . | sort)" "$options"
check "bash completes an option" "$(complete_after prebleed --redact-k)" "--redact-keep-digests --redact-key "
check "bash completes a severity" "$(complete_after prebleed --fail-on m)" "medium "
check "bash completes a format" "$(complete_after prebleed -o ht)" "html "
check "bash completes a rule" "$(complete_after prebleed --explain IAM)" "IAM-033 "
cd "$(dirname "$0")/.." || exit 2
check "bash completes a file" "$(complete_after prebleed --waivers LICEN)" "LICENSE "
check "bash completes a file after an option without a value" "$(complete_after prebleed --quiet LICEN)" "LICENSE "
cd - >/dev/null || exit 2
for shell in zsh fish; do
    if command -v $shell >/dev/null; then
        check "$shell parses its completions" "$($shell -n "$folder/prebleed.$shell" 2>&1)" ""
    else
        skipped=$((skipped + 1))
        echo "SKIP $shell is not installed"
    fi
    check "$shell has every option" \
        "$(grep -oE -- "$([ $shell = zsh ] && echo '--[a-z-]+\[' || echo ' -l [a-z-]+')" "$folder/prebleed.$shell" |
            sed 's/\[//; s/^ -l /--/' | sort)" "$options"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
