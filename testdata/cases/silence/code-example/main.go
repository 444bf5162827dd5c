package main
// arn:aws:iam::123456789012:server-certificate/NAME
