public struct R {
  public let serverCertificateMetadataList: [ServerCertificateMetadata]
}
