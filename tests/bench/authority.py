# SPDX-License-Identifier: MIT
"""A root, six intermediates and any number of leaves that they sign: the same bytes every time.

The issuers' keys are made from a seed that stands here for everyone to read: they protect nothing.
A leaf's modulus is a random odd number that nobody knows the factors of, which no parser minds.
"""
import datetime
import functools
import random

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

EXPONENT = 65537
INTERMEDIATES = 6
SMALL_PRIMES = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]


def is_prime(number, generator):
    """Miller and Rabin's test with 24 bases, after the small divisors."""
    if any(number % prime == 0 for prime in SMALL_PRIMES):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(24):
        power = pow(generator.randrange(2, number - 1), odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def make_prime(generator):
    while True:
        candidate = generator.getrandbits(1024) | (3 << 1022) | 1
        if candidate % EXPONENT != 1 and is_prime(candidate, generator):
            return candidate


@functools.lru_cache(maxsize=None)
def issuer_key(seed):
    generator = random.Random(seed)
    p, q = make_prime(generator), make_prime(generator)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(EXPONENT, p * q)
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    ).private_key()


def name(*pairs):
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def issuer_name(number):
    """0 is the root, 1 to 6 the intermediates."""
    title = "Example Global Root CA" if number == 0 else f"Example Server CA - G{number}"
    return name(
        (NameOID.COUNTRY_NAME, "US"),
        (NameOID.ORGANIZATION_NAME, "Example Trust Services"),
        (NameOID.COMMON_NAME, title),
    )


def key_usage(is_ca):
    return x509.KeyUsage(
        digital_signature=not is_ca, key_encipherment=not is_ca, key_cert_sign=is_ca, crl_sign=is_ca,
        content_commitment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )


@functools.lru_cache(maxsize=None)
def issuer_pem(number):
    key, signer = issuer_key(number), issuer_key(0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(issuer_name(number))
        .issuer_name(issuer_name(0))
        .public_key(key.public_key())
        .serial_number(0x5EED00 + number)
        .not_valid_before(datetime.datetime(2008, 1, 1))
        .not_valid_after(datetime.datetime(2028, 12, 31, 23, 59, 59))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None if number == 0 else 0), True)
        .add_extension(key_usage(True), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )
    return pem(builder.sign(signer, hashes.SHA256()))


@functools.lru_cache(maxsize=None)
def issuer_extensions(number):
    """What all leaves of an intermediate have in common."""
    identifier = x509.SubjectKeyIdentifier.from_public_key(issuer_key(number).public_key())
    place = x509.UniformResourceIdentifier(f"http://crl.example.com/g{number}.crl")
    return (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage(False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False),
        (x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)]), False),
    )


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def leaf_pem(generator, host, issuer, not_before, not_after):
    modulus = generator.getrandbits(2048) | (1 << 2047) | 1
    builder = (
        x509.CertificateBuilder()
        .subject_name(
            name(
                (NameOID.COUNTRY_NAME, "US"),
                (NameOID.ORGANIZATION_NAME, f"Example Customer {generator.randrange(100000)}"),
                (NameOID.COMMON_NAME, host),
            )
        )
        .issuer_name(issuer_name(issuer))
        .public_key(rsa.RSAPublicNumbers(EXPONENT, modulus).public_key())
        .serial_number(generator.getrandbits(126) | 1)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host), x509.DNSName(f"www.{host}")]), False
        )
    )
    for extension, is_critical in issuer_extensions(issuer):
        builder = builder.add_extension(extension, is_critical)
    return pem(builder.sign(issuer_key(issuer), hashes.SHA256()))


def chain_pem(issuer):
    """As people upload them: half end with the intermediate, half with the root."""
    return issuer_pem(issuer) + (issuer_pem(0) if issuer % 2 == 0 else "")


def prepare():
    """Makes all issuers, so that processes forked later need not."""
    for number in range(INTERMEDIATES + 1):
        issuer_pem(number)
