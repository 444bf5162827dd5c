package x
deny[m] { input.resource_type == "aws_iam_server_certificate"; time.parse_rfc3339_ns(input.upload_date) < time.parse_rfc3339_ns("2014-04-01T00:00:00Z"); m := "old" }
