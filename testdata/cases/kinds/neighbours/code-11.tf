resource "aws_iam_server_certificate" "x" {
  server_certificate_name = local.name
  name_prefix = "shop-"
}
