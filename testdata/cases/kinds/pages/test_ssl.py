    def test_cert_time_to_seconds(self):
        timestring = "Jan  5 09:34:43 2013 GMT"
