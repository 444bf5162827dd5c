policy = {
  "Version": "2012-10-17",
  "Statement": [{"Sid": "x", "Action": ["iam:GetServerCertificate"], "Resource": "arn:aws:iam::111122223333:server-certificate/shop-x"}]
}
