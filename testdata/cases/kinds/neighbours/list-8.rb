resp = client.list_server_certificates
resp.server_certificate_metadata_list #=> Array
resp.server_certificate_metadata_list[0].path #=> String
