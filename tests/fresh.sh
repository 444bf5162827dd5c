#!/bin/sh
# SPDX-License-Identifier: MIT
# What a new user does: the README's two commands in a bare Debian 12, in a clone of HEAD. Once as
# root below a closed folder; once as an ordinary user without sudo, in a path with a blank, without
# a network; once in a clone of which only build/ can be written, with a foreign locale and time zone
# and without HOME. Needs root and debootstrap. Usage: fresh.sh FOLDER, where the bare system, the
# packages fetched so far and the logs are kept.
set -eu

skip() {
    echo "SKIP check-fresh: $1"
    exit 0
}

[ -n "${FRESH_NAMESPACE:-}" ] || {
    [ "$(id -u)" = 0 ] || skip "it needs root"
    command -v debootstrap >/dev/null || skip "debootstrap is not installed"
    command -v apt-get >/dev/null || skip "there is no apt-get, whose mirror it uses"
    # Mounts made below vanish with the namespace.
    FRESH_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
}
mkdir -p "$1"
folder=$(realpath "$1") source=$(realpath "$(dirname "$0")/..") suite=bookworm
sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    grep " $suite" | sort -u)
mirror=$(echo "$sources" | awk -v suite=$suite '$3 == suite && $4 == "main" { print $2; exit }')
[ -n "$mirror" ] || skip "this machine's apt has no mirror of $suite"

if [ ! -e "$folder/base/complete" ]; then
    rm -rf "$folder/base"
    debootstrap --variant=minbase $suite "$folder/base" "$mirror" >"$folder/debootstrap.log" 2>&1 || {
        tail -n 5 "$folder/debootstrap.log"
        exit 1
    }
    touch "$folder/base/complete"
fi

root=$folder/root
fresh_root() {
    rm -rf "$root"
    cp -a "$folder/base" "$root"
    echo "$sources" >"$root/etc/apt/sources.list"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    rm -f "$root/etc/apt/apt.conf.d/docker-clean"
    mkdir -p "$folder/packages/partial" "$root/var/cache/apt/archives"
    mount --bind "$folder/packages" "$root/var/cache/apt/archives"
    git clone -q --bare "$source" "$root/source"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    # The README's sentence on a bare system.
    inside root "/" "apt-get update && apt-get install -y --no-install-recommends git make" >"$folder/bare.log" 2>&1
    inside root "/" "useradd --create-home newcomer && git config --system safe.directory '*'" >>"$folder/bare.log" 2>&1
}
leave_root() {
    for mounted in dev proc var/cache/apt/archives; do umount -l "$root/$mounted"; done
}

# inside USER FOLDER COMMAND [VARIABLE=VALUE...]: with PATH, HOME and TERM only, and the variables.
# $offline is empty, or what takes the network away.
offline=
inside() (
    user=$1 place=$2 command=$3
    shift 3
    [ "$user" = root ] && home=/root || home=/home/$user
    set -- PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=$home TERM=dumb "$@"
    $offline chroot --userspec="$user" "$root" /usr/bin/env -i "$@" /bin/sh -c "cd '$place' && $command"
)

failures=0
# report NAME LOG SECONDS STATUS EXPECTED: its closing line, and its whole end where it went wrong.
report() {
    printf '%-46s %4d s  %s\n' "$1" "$3" "$(tail -n 1 "$2")"
    if [ "$4" -ne "$5" ]; then
        failures=$((failures + 1))
        echo "FAIL $1: exit status $4, expected $5"
        grep -A 12 FAIL "$2" || tail -n 25 "$2"
    fi
}

# run NAME USER FOLDER COMMAND [VARIABLE=VALUE...]
run() {
    name=$1 log=$folder/$(echo "$1" | tr -c 'a-z0-9\n' -).log
    shift
    start=$(date +%s) status=0
    inside "$@" >"$log" 2>&1 </dev/null || status=$?
    report "$name" "$log" $(($(date +%s) - start)) "$status" 0
}

fresh_root
chmod 700 "$root/root"
inside root /root "git clone -q /source prebleed"
run 'root: make deps demo' root /root/prebleed 'make deps demo'
run 'root: make deps check' root /root/prebleed 'make deps check'
leave_root

fresh_root
clone='/home/newcomer/my files/prebleed'
inside newcomer /home/newcomer "umask 077 && mkdir 'my files' && git clone -q /source 'my files/prebleed'"
# Without sudo: what it prints for root to run must be all that is missing.
status=0
inside newcomer "$clone" 'make deps demo' >"$folder/refused.log" 2>&1 || status=$?
advice=$(grep '^apt-get' "$folder/refused.log") || advice=false
report 'newcomer: make deps demo, without packages and sudo' "$folder/refused.log" 0 "$status" 2
run 'root: what the newcomer was told to run' root / "$advice"
inside root / "git clone -q /source /srv/prebleed && mkdir /srv/prebleed/build && chown newcomer /srv/prebleed/build"
offline='unshare --net'
run 'newcomer, no network: make deps demo' newcomer "$clone" 'umask 077 && make deps demo'
run 'newcomer, no network: make deps check' newcomer "$clone" 'umask 077 && make deps check'
run 'newcomer, read-only clone: make deps check' newcomer /srv/prebleed \
    'unset HOME && make deps check' LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu
leave_root

echo "$failures failed; logs and the bare system are in $folder"
[ "$failures" -eq 0 ]
