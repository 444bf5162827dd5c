insert into certs (name, arn, server_certificate_id, upload_date) values ('shop-old', 'x', 'y', '2013-05-02');
