#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes a tar of an organisation's accounts to standard output, each with its list, its summary and
1,000 certificates: organization.py ACCOUNTS. 10,000 accounts are AWS's largest organisation."""
import io
import json
import sys
import tarfile

import generate

with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
    for number in range(int(sys.argv[1])):
        account = generate.account_of(number)
        rows = [generate.metadata(number * 1000 + i, account) for i in range(1000)]
        for name, content in (("list-server-certificates", {"ServerCertificateMetadataList": rows}),
                              ("get-account-summary", {"SummaryMap": {"ServerCertificates": len(rows)}})):
            member = tarfile.TarInfo(f"dump/{account}/{name}.json")
            data = json.dumps(content, indent=4).encode()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
