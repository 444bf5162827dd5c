INSERT INTO `aws_iam_server_certificates` (`server_certificate_name`, `path`) VALUES ('shop-old', '/');
