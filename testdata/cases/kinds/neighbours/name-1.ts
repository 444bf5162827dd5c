interface R {
  ServerCertificateMetadataList: serverCertificateMetadataListType;
}
