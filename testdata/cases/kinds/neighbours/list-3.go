type ListServerCertificatesOutput struct {
	ServerCertificateMetadataList []*ServerCertificateMetadata `type:"list" required:"true"`
}
