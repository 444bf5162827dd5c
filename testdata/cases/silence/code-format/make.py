row = {
    "ServerCertificateId": f"ASCA{number:017d}",
}
