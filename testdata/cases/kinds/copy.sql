COPY certs (server_certificate_name, owner) FROM stdin;
shop-old	bob
\.
