# SPDX-License-Identifier: MIT
# Makes the completions of a shell from the options: awk -v shell=bash -f completions.awk options.txt options.c
# (bash, zsh or fish). Rules and formats are asked of the program when they are completed.

function quoted(text) {
    gsub(/'/, "'\\''", text)
    return "'" text "'"
}

# What completes the value of an option: words, "files", or nothing.
function words_of(name, value) {
    if (value == "report") return "$(prebleed --list-formats | awk '/^[^ ]/ { print $1 }')"
    if (value ~ /^rule/) return "$(prebleed --list-rules | awk '/^[^ ]/ { print $1 }')"
    if (value == "when") return "auto always never"
    if (value == "fail_on") return "high medium low never"
    if (value == "severity") return "high medium low"
    if (name == "cutoff") return "iam-033 disclosure aws-patched"
    return value ~ /^(baseline|crl|key|manifest|map|passphrase|template|waivers)$/ ? "files" : ""
}

# "= name", then the lines of its help.
FILENAME ~ /\.txt$/ { if (/^= /) name = $2; else helps[name] = helps[name] (helps[name] ? " " : "") $0; next }
# A row: {"name", 'l', &value, MEMBER(member), "default" or NULL}.
/^ *\{"[a-z-]+", (0|'.'), &/ { row = "" ; is_row = 1 }
is_row { row = row $0 }
is_row && /\}[,}]?;?$/ {
    is_row = 0
    split(row, part, "\""); names[++count] = part[2]
    if (match(row, /'.', /)) letters[count] = substr(row, RSTART + 1, 1)
    match(row, /&[a-z_]+/); value = substr(row, RSTART + 1, RLENGTH - 1)
    values[count] = value ~ /^(flag|information)$/ ? "" : value
}

END {
    for (i = 1; i <= count; i++) {
        long = "--" names[i]
        both = (letters[i] ? "-" letters[i] " " : "") long
        words = words_of(names[i], values[i])
        all = all " " both
        if (shell == "bash" && values[i] != "") {
            gsub(/ /, "|", both)
            cases = cases "    " both ") " \
                (words == "files" ? "COMPREPLY=($(compgen -f -- \"$current\"))" : \
                 "COMPREPLY=($(compgen -W \"" words "\" -- \"$current\"))") "; return ;;\n"
        } else if (shell == "zsh") {
            help = helps[names[i]]
            gsub(/\[|\]|:/, "", help)
            action = values[i] == "" ? "" : words == "files" ? ":file:_files" : words ? ":value:(" words ")" : ":value: "
            if (words ~ /^\$/) action = ":value:{compadd -- ${(f)\"" words "\"}}"
            if (letters[i]) rows = rows " \\\n    " quoted("*-" letters[i] "[" help "]" action)
            rows = rows " \\\n    " quoted("*" long "[" help "]" action)
        } else if (shell == "fish") {
            sub(/^\$/, "", words)
            print "complete -c prebleed -l " names[i] (letters[i] ? " -s " letters[i] : "") " -d " quoted(helps[names[i]]) \
                (values[i] == "" ? "" : words == "files" ? " -r -F" : " -x" (words ? " -a " quoted(words) : ""))
        }
    }
    if (shell == "bash") {
        printf "_prebleed() {\n    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
        printf "    case $previous in\n%s    esac\n", cases
        printf "    if [[ $current == -* ]]; then\n        COMPREPLY=($(compgen -W '%s' -- \"$current\"))\n", substr(all, 2)
        printf "    else\n        COMPREPLY=($(compgen -f -- \"$current\"))\n    fi\n}\n"
        printf "complete -o filenames -F _prebleed prebleed\n"
    } else if (shell == "zsh") {
        printf "#compdef prebleed\n_arguments -s%s \\\n    '*:evidence:_files'\n", rows
    }
}
