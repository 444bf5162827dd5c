cert = iam.ServerCertificate(name='prod')
cert.delete()
