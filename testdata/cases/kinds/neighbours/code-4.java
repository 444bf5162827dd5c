return "ServerCertificateMetadata(path=" + path + ")";
