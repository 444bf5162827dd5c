#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes every *.pem here anew with the openssl command line (3.0): ./generate.sh [FOLDER]
# The keys are random and thrown away, so another run gives other certificates with the same
# names, dates, key types and extensions. README.md says what each one is for.
set -eu

out=$(cd "${1:-$(dirname "$0")}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
request=ca.cnf
export OPENSSL_CONF=/dev/null

cat >ca.cnf <<'END'
oid_section = private
[private]
odd = 1.2.3.4.5
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
unique_subject = no
preserve = yes
email_in_dn = yes
string_mask = utf8only
policy = anything
x509_extensions = leaf
[anything]
countryName = optional
commonName = optional
[req]
distinguished_name = asked
string_mask = utf8only
utf8 = yes
[asked]
[bmp]
distinguished_name = asked
string_mask = MASK:0x0802
utf8 = yes
[t61]
distinguished_name = asked
string_mask = MASK:0x0004
utf8 = yes
[leaf]
basicConstraints = CA:FALSE
subjectAltName = DNS:www.example.com
[bare]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[many]
subjectAltName = @many_names
[many_names]
DNS.1 = example.com
DNS.2 = *.example.com
DNS.3 = xn--bcher-kva.example
IP.1 = 192.0.2.1
IP.2 = 2001:db8::1
IP.3 = ::ffff:192.0.2.128
IP.4 = ::
email.1 = postmaster@example.com
URI.1 = https://example.com/?a=1&b=2
dirName.1 = directory
RID.1 = 1.2.3.4
otherName.1 = 1.3.6.1.4.1.311.20.2.3;UTF8:someone@example.com
otherName.2 = 1.2.3.4;OCTETSTRING:raw
[directory]
C = PL
O = Example, Inc.
CN = directory
[hostile]
subjectAltName = @hostile_names
[hostile_names]
DNS.1 = "a.example, DNS:b.example"
DNS.2 = back\\slash.example
URI.1 = "https://example.com/a,b c"
email.1 = "\"quoted, local\"@example.com"
END

# key NAME ARGUMENTS...: a private key, for this run only
key() {
    key_name=$1
    shift
    openssl genpkey -out "$key_name.key" "$@" 2>/dev/null
}

# certify NAME KEY SUBJECT START END [OPTIONS OF openssl ca]: self-signed unless they say otherwise
certify() {
    name=$1 subject_key=$2 subject=$3 start=$4 end=$5
    shift 5
    : >index.txt
    [ -f serial ] || openssl rand -hex 16 | sed 's/^./4/' >serial
    openssl req -new -config "$request" -key "$subject_key.key" -subj "$subject" \
        -multivalue-rdn -out request.csr
    case " $* " in
    *" -cert "*) ;;
    *) set -- -selfsign -keyfile "$subject_key.key" "$@" ;;
    esac
    openssl ca -batch -notext -config ca.cnf -in request.csr -out "$out/$name.pem" \
        -startdate "$start" -enddate "$end" -preserveDN "$@" 2>ca.log || { cat ca.log >&2; exit 1; }
    rm -f serial serial.old
}

# certify_key NAME KEY
certify_key() {
    certify "$1" "$2" "/C=US/O=Example Corp/CN=$1.example.com" 20130601000000Z 20160601235959Z
}

for bits in 512 1024 2048 3072 4096; do
    key "rsa$bits" -algorithm RSA -pkeyopt "rsa_keygen_bits:$bits"
    certify_key "rsa-$bits" "rsa$bits"
done
key rsa-e3 -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3
certify_key rsa-exponent-3 rsa-e3
key rsa-e-long -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
    -pkeyopt rsa_keygen_pubexp:0x1000000000000000000000000000000d
certify_key rsa-exponent-long rsa-e-long
key pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048
certify_key rsa-pss pss
certify rsa-pss-signature rsa2048 /CN=pss-signature.example.com 20130601000000Z 20160601235959Z \
    -sigopt rsa_padding_mode:pss
certify rsa-pss-sha1 rsa2048 /CN=pss-sha1.example.com 20130601000000Z 20160601235959Z \
    -sigopt rsa_padding_mode:pss -md sha1

for curve in P-224 P-256 P-384 P-521 secp256k1 brainpoolP256r1 prime192v1 sect233k1; do
    key "ec-$curve" -algorithm EC -pkeyopt "ec_paramgen_curve:$curve"
    certify_key "ec-$curve" "ec-$curve"
done
key ec-explicit -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
certify_key ec-explicit ec-explicit

openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 \
    -pkeyopt dsa_paramgen_q_bits:256 -out dsa.param 2>/dev/null
key dsa -paramfile dsa.param
certify_key dsa-2048 dsa
for algorithm in Ed25519 Ed448; do
    key "$algorithm" -algorithm "$algorithm"
    certify "$algorithm" "$algorithm" "/CN=$algorithm.example.com" \
        20130601000000Z 20160601235959Z -md null
done

certify md5 rsa2048 /CN=md5.example.com 20090601000000Z 20140601235959Z -md md5
certify sha1 rsa2048 /CN=sha1.example.com 20090601000000Z 20140601235959Z -md sha1
certify sha512-ecdsa ec-P-256 /CN=sha512.example.com 20130601000000Z 20160601235959Z -md sha512

certify 1950 ec-P-256 /CN=1950.example.com 19500101000000Z 19991231235959Z
certify 1949 ec-P-256 /CN=1949.example.com 19491231235959Z 19500101000000Z
certify 2049 ec-P-256 /CN=2049.example.com 20130601000000Z 20491231235959Z
certify 2050 ec-P-256 /CN=2050.example.com 20130601000000Z 20500101000000Z
certify 9999 ec-P-256 /CN=9999.example.com 20130601000000Z 99991231235959Z
certify leap-day ec-P-256 /CN=leap.example.com 20120229120000Z 20160229120000Z

certify empty-subject ec-P-256 / 20130601000000Z 20160601235959Z -extensions bare
certify utf8 ec-P-256 '/C=PL/L=Łódź/O=Zażółć gęślą jaźń S.A./OU=日本語部門/CN=🔒.example' \
    20130601000000Z 20160601235959Z
certify special-characters ec-P-256 \
    '/O=Example, "Inc."; <a\+b> = \\\/#1/OU= leading and trailing /OU=#hash/CN= /CN=a\
b' 20130601000000Z 20160601235959Z
certify multi-valued ec-P-256 '/O=Example Corp/OU=Web+serialNumber=42+CN=multi.example.com' \
    20130601000000Z 20160601235959Z
certify other-attributes ec-P-256 \
    '/DC=com/DC=example/UID=someone/emailAddress=a@example.com/businessCategory=Private/odd=value' \
    20130601000000Z 20160601235959Z
for type in bmp t61; do
    sed "s/^\[req\]/[unused]/; s/^\[$type\]/[req]/" ca.cnf >"$type.cnf"
    request=$type.cnf
    certify "$type" ec-P-256 '/C=DE/O=Bücher Müller/CN=bücher.example' 20130601000000Z \
        20160601235959Z
done
request=ca.cnf

certify many-names ec-P-256 /CN=names.example.com 20130601000000Z 20160601235959Z -extensions many
certify hostile-names ec-P-256 /CN=hostile.example.com 20130601000000Z 20160601235959Z \
    -extensions hostile

echo 00 >serial
certify serial-zero ec-P-256 /CN=zero.example.com 20130601000000Z 20160601235959Z
echo 01 >serial
certify serial-one ec-P-256 /CN=one.example.com 20130601000000Z 20160601235959Z
printf '80%038d\n' 0 >serial
certify serial-high-bit ec-P-256 /CN=high.example.com 20130601000000Z 20160601235959Z
printf '7%079d\n' 1 >serial
certify serial-long ec-P-256 /CN=long.example.com 20130601000000Z 20160601235959Z
# openssl ca reads no negative serial number, and openssl x509 takes no dates
openssl req -new -config ca.cnf -key ec-P-256.key -subj /CN=negative.example.com -out request.csr
openssl x509 -req -in request.csr -signkey ec-P-256.key -set_serial -0x1234 -days 365 \
    -out "$out/serial-negative.pem" 2>/dev/null

certify root ec-P-384 '/O=Example Trust/CN=Example Root' 20100101000000Z 20300101000000Z \
    -extensions authority
certify intermediate ec-P-224 '/O=Example Trust/CN=Example Intermediate' 20110101000000Z \
    20250101000000Z -extensions authority -cert "$out/root.pem" -keyfile ec-P-384.key
certify leaf ec-P-256 /CN=leaf.example.com 20130601000000Z 20160601235959Z \
    -cert "$out/intermediate.pem" -keyfile ec-P-224.key
cat "$out/leaf.pem" "$out/intermediate.pem" "$out/root.pem" >"$out/chain.pem"
certify same-names ec-P-521 '/O=Example Trust/CN=Example Root' 20130601000000Z 20160601235959Z \
    -extensions bare -cert "$out/root.pem" -keyfile ec-P-384.key
certify same-key ec-P-384 /CN=same-key.example.com 20130601000000Z 20160601235959Z \
    -extensions bare -cert "$out/root.pem" -keyfile ec-P-384.key

# These keys cannot sign a request: the certificate takes them in place of the request's.
for algorithm in X25519 X448; do
    key "$algorithm" -algorithm "$algorithm"
    openssl pkey -in "$algorithm.key" -pubout -out "$algorithm.pub"
    openssl req -new -config ca.cnf -key ec-P-384.key -subj "/CN=$algorithm.example.com" \
        -out request.csr
    openssl x509 -req -in request.csr -force_pubkey "$algorithm.pub" -CA "$out/root.pem" \
        -CAkey ec-P-384.key -set_serial 7 -days 365 -out "$out/$algorithm.pem" 2>/dev/null
done
