response.ServerCertificateMetadataList = null;
