#!/bin/sh
# SPDX-License-Identifier: MIT
# Packs the demonstration's bundle from captures in testdata/samples: the same bytes every time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
captures=$here/../samples/captures
dump=$(mktemp -d)
trap 'rm -rf "$dump"' EXIT

media=$dump/dump/444455556666-media-cdn
mkdir -p "$media/server-certificates"
for file in list-server-certificates get-account-summary get-caller-identity; do
    cp "$captures/aws-cli-v2/media-cdn/$file.json" "$media/"
done
cp "$captures/aws-cli-v2/media-cdn/get-server-certificate/"*.json "$media/server-certificates/"
cp "$captures/aws-cli-v1/media-cdn/get-server-certificate/"*.json "$media/server-certificates/"

staging=$dump/dump/123456789012-staging
mkdir -p "$staging/server-certificates"
cp "$captures/aws-cli-v2/staging/list-server-certificates.json" "$staging/"
cp "$captures/aws-cli-v1/staging/get-account-summary.json" "$staging/"
cp "$captures/aws-cli-v2/staging/get-server-certificate/"*.json "$staging/server-certificates/"

tar -C "$dump" --sort=name --format=ustar --mtime='2014-09-06 00:00Z' --owner=0 --group=0 \
    --numeric-owner --mode=u=rwX,go=rX -cf - dump | gzip -9n >"$here/bundle.tar.gz"
