SELECT server_certificate_name, path FROM aws_iam_server_certificates WHERE path = '/';
