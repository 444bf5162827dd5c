export interface ListServerCertificatesResponse {
  ServerCertificateMetadataList: ServerCertificateMetadata[] | undefined;
  IsTruncated?: boolean;
}
