CREATE TABLE aws_iam_server_certificates (server_certificate_name text, path text);
