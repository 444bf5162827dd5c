for cert in iam.list_server_certificates()["ServerCertificateMetadataList"]:
    print(cert)
