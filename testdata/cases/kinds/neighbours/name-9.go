out.ServerCertificateMetadataList = nil
