request.ServerCertificateName = "shop";
