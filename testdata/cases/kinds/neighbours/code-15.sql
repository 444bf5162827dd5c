INSERT INTO certs (server_certificate_name) VALUES (?);
COPY certs (server_certificate_name) FROM stdin;
\.
