#!/bin/sh
# SPDX-License-Identifier: MIT
# What people do today, on the first COUNT files of a tar.gz: unpack, jq, openssl x509.
# Usage: peer.sh FILE COUNT. One line a certificate.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bsdtar -tf "$1" | head -n "$2" >"$work/names"
bsdtar -C "$work" -xf "$1" -T "$work/names"
while read -r name; do
    file=$work/$name
    id=$(jq -r .ServerCertificate.ServerCertificateMetadata.ServerCertificateId "$file")
    date=$(jq -r .ServerCertificate.ServerCertificateMetadata.UploadDate "$file")
    jq -r .ServerCertificate.CertificateBody "$file" >"$work/leaf.pem"
    jq -r .ServerCertificate.CertificateChain "$file" | openssl x509 -noout -subject >/dev/null
    facts=$(openssl x509 -in "$work/leaf.pem" -noout -issuer -nameopt RFC2253 -enddate -dateopt iso_8601)
    spki=$(openssl x509 -in "$work/leaf.pem" -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum)
    bits=$(openssl x509 -in "$work/leaf.pem" -noout -text | sed -n 's/.*Public-Key: (\([0-9]*\) bit).*/\1/p')
    verdict=$(awk -v d="$date" 'BEGIN { print (d < "2014-04-01T00:00:00Z") ? "vulnerable" : "clear" }')
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$id" "$verdict" \
        "$(printf '%s\n' "$facts" | sed -n 's/^issuer=//p')" \
        "$(printf '%s\n' "$facts" | sed -n 's/^notAfter=\(.*\) \(.*\)Z$/\1T\2Z/p')" "$bits" "${spki%% *}"
done <"$work/names"
