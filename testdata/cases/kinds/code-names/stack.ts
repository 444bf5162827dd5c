new iam.CfnServerCertificate(this,'C',{serverCertificateName:'shop', certificateBody: body});
