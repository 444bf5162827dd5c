data "aws_iam_policy_document" "x" {
  statement {
    actions   = ["iam:GetServerCertificate"]
    resources = ["arn:aws:iam::111122223333:server-certificate/shop-x"]
  }
}
