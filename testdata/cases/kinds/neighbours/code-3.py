ServerCertificateName = cfg.name
UploadDate = now()
