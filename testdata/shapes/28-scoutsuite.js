scoutsuite_results =
{"account_id": "111122223333", "services": {"cloudfront": {"distributions": {"E1EXAMPLE": {"id": "E1EXAMPLE", "viewer_certificate": {"IAMCertificateId": "ASCAEXAMPLE0000000001", "MinimumProtocolVersion": "TLSv1"}}}}}}
