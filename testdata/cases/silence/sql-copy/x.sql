COPY certs (server_certificate_name, upload_date) FROM stdin;
shop-old	2013-05-02 10:00:00
