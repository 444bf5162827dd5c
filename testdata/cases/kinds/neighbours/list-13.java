List<ServerCertificateMetadata> l = r.getServerCertificateMetadataList();
