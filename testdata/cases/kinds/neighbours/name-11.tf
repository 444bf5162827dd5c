env = {
  name  = "SERVER_CERTIFICATE_NAME"
  value = var.name
}
