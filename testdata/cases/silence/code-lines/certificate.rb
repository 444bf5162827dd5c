class ServerCertificate
  attr :ServerCertificateName, :ServerCertificateId
end
