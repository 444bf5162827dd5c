def fake(**kw):
    return {"ServerCertificateMetadataList": certs, "IsTruncated": False}
