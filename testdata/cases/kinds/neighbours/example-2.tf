resource "aws_elb" "x" {
  listener {
    ssl_certificate_id = "arn:aws:iam::123456789012:server-certificate/certName"
  }
}
