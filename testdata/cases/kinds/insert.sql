INSERT INTO t (ServerCertificateName) VALUES ('shop-old');
