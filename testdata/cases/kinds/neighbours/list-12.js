if (!data.ServerCertificateMetadataList) throw new Error('x');
const list = data.ServerCertificateMetadataList || [];
