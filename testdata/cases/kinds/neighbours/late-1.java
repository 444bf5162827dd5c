if (serverCertificateMetadataList == null) {
  serverCertificateMetadataList = null;
}
