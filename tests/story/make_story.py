#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes the two-year story that README.md tells: make_story.py FOLDER.

Writes before.tar, after.tar, two CRLs and waivers.json, the same bytes every time. The public keys
of the server certificates are numbers of which nobody knows the factors; only the issuer has a
private key, which is made from a seed when it is needed, and protects nothing.
"""
import datetime
import hashlib
import io
import json
import pathlib
import sys
import tarfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

SHOP, MEDIA, OFFICE = "111122223333", "444455556666", "777788889999"
EXPONENT = 65537
PACKED_AT = 1475280000  # 2016-10-01


def moment(text):
    """"2013-05-02" or "2013-05-02T10:20:30"."""
    return datetime.datetime.fromisoformat(text)


def number(seed, bits):
    """An odd number of exactly so many bits, which the seed decides."""
    digest = hashlib.shake_256(seed.encode()).digest(bits // 8)
    return int.from_bytes(digest, "big") | 3 << (bits - 2) | 1


def is_prime(candidate):
    """Miller and Rabin's test to forty bases: wrong once in 2**80, and then always the same."""
    power = (candidate - 1 & 1 - candidate).bit_length() - 1
    for base in range(2, 42):
        value = pow(base, candidate >> power, candidate)
        if value in (1, candidate - 1):
            continue
        for _ in range(power - 1):
            value = value * value % candidate
            if value == candidate - 1:
                break
        else:
            return False
    return True


def prime(seed):
    small = [n for n in range(3, 2000) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
    candidate = number(seed, 1024)
    while (any(candidate % n == 0 for n in small) or candidate % EXPONENT == 1
           or not is_prime(candidate)):
        candidate += 2
    return candidate


def private_key(seed):
    p, q = prime(f"{seed} p"), prime(f"{seed} q")
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(EXPONENT, p * q)).private_key()


def public_key(seed):
    return rsa.RSAPublicNumbers(EXPONENT, number(seed, 2048)).public_key()


def name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example Trust"),
                      x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


class Issuer:
    def __init__(self):
        self.key = private_key("issuer")
        self.name = name("Example SSL CA")
        self.certificate = self.sign(self.name, self.key.public_key(), 1, "2010-01-01",
                                     "2030-01-01", [x509.BasicConstraints(True, 0)])

    def sign(self, subject, key, serial, not_before, not_after, extensions):
        builder = x509.CertificateBuilder(
            issuer_name=self.name, subject_name=subject, public_key=key, serial_number=serial,
            not_valid_before=moment(not_before), not_valid_after=moment(not_after))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, host, key, serial, not_before, not_after):
        return self.sign(name(host), public_key(key), serial, not_before, not_after,
                         [x509.SubjectAlternativeName([x509.DNSName(host)])])

    def revoke(self, entries, this_update, next_update):
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self.name, last_update=moment(this_update),
            next_update=moment(next_update))
        for serial, date, reason in entries:
            entry = x509.RevokedCertificateBuilder(serial, moment(date))
            builder = builder.add_revoked_certificate(
                entry.add_extension(x509.CRLReason(reason), critical=False).build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class Uploaded:
    """A server certificate in IAM; ids are numbered in the order of the story."""

    def __init__(self, issuer, account, label, number, uploaded, certificate, path="/"):
        self.issuer, self.account, self.label, self.path = issuer, account, label, path
        self.id = f"ASCAEXAMPLE{number:010}"
        self.uploaded, self.certificate = uploaded, certificate

    @property
    def arn(self):
        return f"arn:aws:iam::{self.account}:server-certificate{self.path}{self.label}"

    def renamed(self, label):
        other = Uploaded(self.issuer, self.account, label, 0, self.uploaded, self.certificate,
                         self.path)
        other.id = self.id
        return other

    def metadata(self):
        return {"Path": self.path, "ServerCertificateName": self.label,
                "ServerCertificateId": self.id, "Arn": self.arn,
                "UploadDate": f"{moment(self.uploaded).isoformat()}Z",
                "Expiration": f"{self.certificate.not_valid_after.isoformat()}Z"}

    def answer(self):
        return {"ServerCertificate": {"ServerCertificateMetadata": self.metadata(),
                                      "CertificateBody": pem(self.certificate),
                                      "CertificateChain": pem(self.issuer.certificate)}}


def account_dump(certificates, **others):
    """{file name: document} of one account: IAM's answers, and whatever else was asked."""
    account = certificates[0].account
    files = {
        "sts-get-caller-identity.json": {"UserId": "AIDAEXAMPLE", "Account": account,
                                         "Arn": f"arn:aws:iam::{account}:user/auditor"},
        "iam-get-account-summary.json": {"SummaryMap": {"ServerCertificates": len(certificates),
                                                        "ServerCertificatesQuota": 20}},
        "iam-list-server-certificates.json": {
            "ServerCertificateMetadataList": [one.metadata() for one in certificates]},
    }
    for one in certificates:
        files[f"iam-get-server-certificate-{one.label}.json"] = one.answer()
    files.update({f"{key.replace('_', '-')}.json": value for key, value in others.items()})
    return {f"{account}/{path}": document for path, document in files.items()}


def classic_balancer(balancer, port, certificate):
    return {"LoadBalancerName": balancer, "ListenerDescriptions": [{"Listener": {
        "Protocol": "HTTPS", "LoadBalancerPort": port, "InstanceProtocol": "HTTP",
        "InstancePort": 80, "SSLCertificateId": certificate.arn}, "PolicyNames": []}]}


def listener(balancer, port, certificate):
    prefix = f"arn:aws:elasticloadbalancing:eu-west-1:{certificate.account}"
    return {"ListenerArn": f"{prefix}:listener/app/{balancer}/50dc6c495c0c9188/f2f7dc8efc522ab2",
            "LoadBalancerArn": f"{prefix}:loadbalancer/app/{balancer}/50dc6c495c0c9188",
            "Port": port, "Protocol": "HTTPS",
            "Certificates": [{"CertificateArn": certificate.arn}]}


def distributions(identifier, certificate):
    return {"DistributionList": {"Quantity": 1, "Items": [{
        "Id": identifier, "Status": "Deployed", "ViewerCertificate": {
            "IAMCertificateId": certificate.id, "SSLSupportMethod": "sni-only"}}]}}


def imported(account, domain, certificate, imported_at):
    """describe-certificate and get-certificate of ACM."""
    arn = f"arn:aws:acm:eu-west-1:{account}:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    serial = f"{certificate.serial_number:04x}"
    described = {"CertificateArn": arn, "DomainName": domain, "Type": "IMPORTED",
                 "Status": "ISSUED", "Serial": f"{serial[:2]}:{serial[2:]}",
                 "ImportedAt": f"{moment(imported_at).isoformat()}Z",
                 "NotBefore": f"{certificate.not_valid_before.isoformat()}Z",
                 "NotAfter": f"{certificate.not_valid_after.isoformat()}Z"}
    return {"Certificate": described}, {"Certificate": pem(certificate)}


def event(account, action, time, **parameters):
    return {"eventVersion": "1.05", "eventTime": f"{time}Z", "eventSource": "iam.amazonaws.com",
            "eventName": action, "awsRegion": "us-east-1", "requestParameters": parameters,
            "responseElements": None, "recipientAccountId": account}


def deletion(certificate, time):
    return event(certificate.account, "DeleteServerCertificate", time,
                 serverCertificateName=certificate.label)


def tar_of(files):
    """A plain archive: compressors of other versions print other bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, document in sorted(files.items()):
            content = (json.dumps(document, indent=4) + "\n").encode()
            member = tarfile.TarInfo(path)
            member.size, member.mtime = len(content), PACKED_AT
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def waiver(reason, owner, expires, **subject):
    return {"rule": "IAM-033", **subject, "reason": reason, "owner": owner, "expires": expires}


def tell():
    """{file name: bytes}"""
    ca = Issuer()
    front = Uploaded(ca, SHOP, "FrontendSSL", 1, "2013-05-02T10:12:44",
                     ca.issue("www.example.com", "front", 0x1001, "2013-05-01", "2016-05-01"))
    payments = Uploaded(ca, SHOP, "PaymentsSSL", 2, "2013-09-12T08:30:05",
                        ca.issue("pay.example.com", "pay", 0x1002, "2013-09-10", "2018-09-10"))
    legacy = Uploaded(ca, SHOP, "LegacyAPI", 3, "2012-06-01T15:00:00",
                      ca.issue("api.example.com", "api", 0x1003, "2012-05-30", "2017-05-30"))
    cdn = Uploaded(ca, MEDIA, "cdn-assets", 4, "2013-11-20T20:20:20",
                   ca.issue("static.example.com", "cdn", 0x1004, "2013-11-19", "2018-11-19"),
                   "/cloudfront/")
    wild = Uploaded(ca, MEDIA, "media-wildcard", 5, "2013-02-14T09:00:00",
                    ca.issue("*.media.example.com", "wild", 0x1005, "2013-02-13", "2018-02-13"))
    intranet = Uploaded(ca, OFFICE, "intranet", 6, "2013-03-15T11:11:11",
                        ca.issue("intranet.example.com", "net", 0x1006, "2013-03-14", "2018-03-14"))
    vpn = Uploaded(ca, OFFICE, "vpn", 7, "2013-07-01T07:07:07",
                   ca.issue("vpn.example.com", "vpn", 0x1007, "2013-06-30", "2018-06-30"))
    before = {
        **account_dump([front, legacy, payments], elb_describe_load_balancers={
            "LoadBalancerDescriptions": [classic_balancer("api-legacy", 8443, legacy),
                                         classic_balancer("pay", 443, payments),
                                         classic_balancer("prod-web", 443, front)]}),
        **account_dump([cdn, wild],
                       cloudfront_list_distributions=distributions("E2EXAMPLECDN00", cdn)),
        **account_dump([intranet, vpn]),
    }

    payments_2 = Uploaded(ca, SHOP, "PaymentsSSL", 8, "2014-10-20T06:30:00",
                          ca.issue("pay.example.com", "pay 2", 0x2001, "2014-10-19", "2018-10-19"))
    checkout = Uploaded(ca, MEDIA, "Checkout", 9, "2015-01-09T13:45:10",
                        ca.issue("www.example.com", "front", 0x2002, "2015-01-08", "2018-01-08"))
    cdn_2 = Uploaded(ca, MEDIA, "cdn-assets", 10, "2014-11-03T10:00:00",
                     ca.issue("static.example.com", "cdn 2", 0x2003, "2014-11-02", "2018-11-02"),
                     "/cloudfront/")
    described, got = imported(OFFICE, "vpn.example.com", vpn.certificate, "2016-02-10T16:20:00")
    renamed = legacy.renamed("api-archive")
    trail = {"Records": [
        deletion(payments, "2014-10-20T06:00:00"),
        event(SHOP, "UpdateServerCertificate", "2015-03-02T09:15:00",
              serverCertificateName="LegacyAPI", newServerCertificateName="api-archive"),
        deletion(front, "2015-01-12T18:00:00"),
        deletion(cdn, "2014-11-03T09:40:00"),
        deletion(vpn, "2016-02-11T08:00:00"),
    ]}
    after = {
        **account_dump([payments_2, renamed], elb_describe_load_balancers={
            "LoadBalancerDescriptions": [classic_balancer("api-legacy", 8443, renamed),
                                         classic_balancer("pay", 443, payments_2)]}),
        **account_dump([checkout, cdn_2, wild],
                       elbv2_describe_listeners={"Listeners": [listener("checkout", 443, checkout)]},
                       cloudfront_list_distributions=distributions("E2EXAMPLECDN00", cdn_2)),
        **account_dump([intranet], acm_describe_certificate=described, acm_get_certificate=got),
        "organization-cloudtrail.json": trail,
    }
    revoked = [(0x1002, "2014-10-21T09:00:00", x509.ReasonFlags.key_compromise)]
    later = [*revoked, (0x1004, "2016-10-04T14:00:00", x509.ReasonFlags.key_compromise)]
    waivers = {"schema": "prebleed-waivers/1", "waivers": [
        waiver("internal preview, replaced with the platform in 2017", "media platform",
               "2017-03-31", id=wild.id),
        waiver("the intranet moves to another provider", "office IT", "2015-12-31",
               arn=intranet.arn),
    ]}
    return {"before.tar": tar_of(before), "after.tar": tar_of(after),
            "issuer.der": ca.revoke(revoked, "2016-09-25", "2016-10-25"),
            "issuer-later.der": ca.revoke(later, "2016-10-09", "2016-11-09"),
            "waivers.json": (json.dumps(waivers, indent=2) + "\n").encode()}


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    for file, content in tell().items():
        (pathlib.Path(arguments[0]) / file).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
