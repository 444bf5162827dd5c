aws iam list-server-certificates --cli-read-timeout 60 || echo failed
