CERTIFICATES = (
    ("arn:aws:iam::222233334444:server-certificate/shop-old", "2013-06-12T16:46:59Z"),
)
