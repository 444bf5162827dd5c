stub = { server_certificate_name: 'test', upload_date: Time.parse('2013-05-02') }
