select name, arn, server_certificate_id, upload_date from aws_iam_server_certificate where upload_date < '2014-04-01';
