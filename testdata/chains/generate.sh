#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes every *.pem and *.der here anew with the openssl command line (3.0): ./generate.sh [FOLDER]
# The keys are random and thrown away. README.md says what each file is for.
set -eu

out=$(cd "${1:-$(dirname "$0")}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export OPENSSL_CONF=/dev/null

cat >ca.cnf <<'END'
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
serial = serial
crlnumber = crlnumber
default_md = sha256
unique_subject = no
string_mask = utf8only
policy = anything
x509_extensions = leaf
[anything]
organizationName = optional
commonName = optional
[req]
distinguished_name = asked
[asked]
[leaf]
basicConstraints = CA:FALSE
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[plain]
[delta]
2.5.29.27 = critical,ASN1:INTEGER:1
[indirect]
issuingDistributionPoint = critical,@indirect_point
[indirect_point]
indirectCRL = TRUE
[partial]
issuingDistributionPoint = critical,@partial_point
[partial_point]
fullname = URI:http://crl.example.com/7.crl
[users]
issuingDistributionPoint = critical,@users_point
[users_point]
onlyuser = TRUE
[authorities]
issuingDistributionPoint = critical,@authorities_point
[authorities_point]
onlyCA = TRUE
[some]
issuingDistributionPoint = critical,@some_point
[some_point]
onlysomereasons = keyCompromise
[unknown]
1.2.3.4 = critical,ASN1:NULL
END

key() { # NAME ARGUMENTS...
    key_name=$1
    shift
    openssl genpkey -out "$key_name.key" "$@" 2>/dev/null
}
rsa() { key "$1" -algorithm RSA -pkeyopt rsa_keygen_bits:2048; }
ec() { key "$1" -algorithm EC -pkeyopt "ec_paramgen_curve:$2"; }

# certify NAME KEY SUBJECT SERIAL START END [OPTIONS OF openssl ca]: self-signed by default
certify() {
    name=$1 subject_key=$2 subject=$3 start=$5 end=$6
    echo "$4" >serial
    shift 6
    : >index.txt
    openssl req -new -config ca.cnf -key "$subject_key.key" -subj "$subject" -out request.csr
    case " $* " in
    *" -cert "*) ;;
    *) set -- -selfsign -keyfile "$subject_key.key" "$@" ;;
    esac
    openssl ca -batch -notext -config ca.cnf -in request.csr -out "$name.pem" -startdate "$start" \
        -enddate "$end" "$@" 2>ca.log || { cat ca.log >&2; exit 1; }
}

issuing='/O=Example Trust/CN=Example Issuing CA'
rsa root
rsa issuing
rsa impostor
ec leaf P-256
certify root root '/O=Example Trust/CN=Example Root' 01 20100101000000Z 20300101000000Z \
    -extensions authority
certify issuing issuing "$issuing" 02 20100101000000Z 20300101000000Z -extensions authority \
    -cert root.pem -keyfile root.key
certify impostor impostor "$issuing" 02 20100101000000Z 20300101000000Z -extensions authority \
    -cert root.pem -keyfile root.key
certify respelt issuing '/O=EXAMPLE  trust/CN=example issuing ca' 03 20100101000000Z \
    20300101000000Z -extensions authority -cert root.pem -keyfile root.key

# leaf NAME SERIAL START END [OPTIONS]
leaf() {
    leaf_name=$1 leaf_serial=$2 leaf_start=$3 leaf_end=$4
    shift 4
    certify "$leaf_name" leaf "/O=Example/CN=$leaf_name.example.com" "$leaf_serial" "$leaf_start" \
        "$leaf_end" -cert issuing.pem -keyfile issuing.key "$@"
}
leaf good 1001 20130101000000Z 20160101000000Z
leaf compromised 1002 20130101000000Z 20160101000000Z
leaf held 80FF 20130101000000Z 20160101000000Z
leaf unreasoned 1003 20130101000000Z 20160101000000Z
leaf early 1004 20110101000000Z 20140401000000Z
leaf late 1005 20150101000000Z 20180101000000Z
leaf md5 1006 20130101000000Z 20160101000000Z -md md5
leaf sha1 1007 20130101000000Z 20160101000000Z -md sha1
leaf pss 1008 20130101000000Z 20160101000000Z -sigopt rsa_padding_mode:pss
certify alone leaf /O=Example/CN=alone.example.com 01 20130101000000Z 20160101000000Z
for curve in P-256 P-384; do
    ec "ca-$curve" "$curve"
    certify "ca-$curve" "ca-$curve" "/O=Example Trust/CN=Example $curve" 01 20100101000000Z \
        20300101000000Z -extensions authority
    certify "leaf-$curve" leaf "/O=Example/CN=$curve.example.com" 07 20130101000000Z \
        20160101000000Z -cert "ca-$curve.pem" -keyfile "ca-$curve.key"
done
key ca-Ed25519 -algorithm Ed25519
certify ca-Ed25519 ca-Ed25519 '/O=Example Trust/CN=Example Ed25519' 01 20100101000000Z \
    20300101000000Z -extensions authority -md null
certify leaf-Ed25519 leaf /O=Example/CN=Ed25519.example.com 07 20130101000000Z 20160101000000Z \
    -cert ca-Ed25519.pem -keyfile ca-Ed25519.key -md null

# chain NAME CERTIFICATES...: the first one is the body
chain() {
    chain_name=$1
    shift
    for part in "$@"; do cat "$part.pem"; done >"$out/chain-$chain_name.pem"
}
for name in good compromised held unreasoned early late md5 sha1 pss; do
    chain "$name" "$name" issuing root
done
chain shuffled good root issuing
chain with-itself good good issuing
chain impostor good impostor root
chain both good impostor issuing
chain other-spelling good respelt
chain root-alone good root
chain only-itself good good
chain none good
chain alone alone
chain alone-with-itself alone alone
chain alone-with-other alone root
chain P-256 leaf-P-256 ca-P-256
chain P-384 leaf-P-384 ca-P-384
chain Ed25519 leaf-Ed25519 ca-Ed25519
chain wrong-kind leaf-P-256 ca-P-384 issuing

cat >revoked.txt <<'END'
R	160101000000Z	140410120000Z,keyCompromise	1002	unknown	/CN=compromised.example.com
R	160101000000Z	140501000000Z,holdInstruction,holdInstructionReject	80FF	unknown	/CN=held.example.com
R	160101000000Z	140502000000Z	1003	unknown	/CN=unreasoned.example.com
R	160101000000Z	140503000000Z,superseded	7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF	unknown	/CN=long.example.com
END
# list NAME KEY EXTENSIONS THIS-UPDATE NEXT-UPDATE [OPTIONS]: in DER
list() {
    list_name=$1 list_key=$2 list_extensions=$3 this=$4 next=$5
    shift 5
    cp revoked.txt index.txt
    [ "$list_name" != empty ] || : >index.txt
    echo 07 >crlnumber
    openssl ca -gencrl -config ca.cnf -cert "$list_key.pem" -keyfile "$list_key.key" \
        -crlexts "$list_extensions" -crl_lastupdate "$this" -crl_nextupdate "$next" -out list.pem \
        "$@" 2>ca.log || { cat ca.log >&2; exit 1; }
    openssl crl -in list.pem -outform DER -out "$out/crl-$list_name.der"
}
list full issuing plain 20140601000000Z 20340601000000Z
cp list.pem "$out/crl-full.pem"
list old issuing plain 20140401120000Z 20340601000000Z
list expired issuing plain 20140601000000Z 20140608000000Z
list empty issuing plain 20140501000000Z 20340601000000Z
list late issuing plain 20170101000000Z 20340601000000Z
list sha1 issuing plain 20140601000000Z 20340601000000Z -md sha1
list impostor impostor plain 20140601000000Z 20340601000000Z
list root root plain 20140601000000Z 20340601000000Z
openssl crl -in "$out/crl-root.der" -inform DER | cat "$out/crl-full.pem" - >"$out/crl-several.pem"
list partial issuing partial 20140601000000Z 20340601000000Z
list users issuing users 20140601000000Z 20340601000000Z
for kind in delta indirect authorities some unknown; do
    list "$kind" issuing "$kind" 20140601000000Z 20340601000000Z
done
